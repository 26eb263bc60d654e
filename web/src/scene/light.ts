/** How surfaces are lit, worked out at their vertices: cheap where there is no graphics card, fine for close meshes. */

import { Color, ShaderMaterial, type ShaderMaterialParameters } from 'three';

const VERTEX = `
attribute vec3 color;
uniform vec3 tint, sky, ground;
uniform float strength, gloss, edge;
varying vec3 seen;
void main() {
  vec4 place = modelMatrix * vec4(position, 1.0);
  vec3 n = normalize(mat3(modelMatrix) * normal), v = normalize(cameraPosition - place.xyz);
  // The lamps go with the eye: from above its right shoulder, and weakly from behind the person.
  vec3 right = vec3(viewMatrix[0][0], viewMatrix[1][0], viewMatrix[2][0]);
  vec3 back = vec3(viewMatrix[0][2], viewMatrix[1][2], viewMatrix[2][2]);
  vec3 key = normalize(0.62 * right + vec3(0.0, 0.80, 0.0) + 0.62 * back);
  float lit = clamp((dot(n, key) + 0.2) / 1.2, 0.0, 1.0);
  vec3 light = strength * lit * vec3(1.0, 0.965, 0.91) + mix(ground, sky, 0.5 + 0.5 * n.y);
  float shine = gloss * pow(max(dot(n, normalize(key + v)), 0.0), 22.0);
  float rim = edge * pow(1.0 - max(dot(n, v), 0.0), 3.0);
  vec3 found = color * tint * light + shine + rim * sky;
  seen = pow(found / (1.0 + 0.12 * found), vec3(1.0 / 2.2));
  gl_Position = projectionMatrix * viewMatrix * place;
}`;
const FRAGMENT = `
uniform float opacity;
varying vec3 seen;
void main() { gl_FragColor = vec4(seen, opacity); }`;

/** A material with vertex colours; gloss: strength of its highlight; edge: how much its rim catches the sky. */
export function surface(gloss: number, edge: number, more: ShaderMaterialParameters = {}): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: {
      tint: { value: new Color(1, 1, 1) },
      sky: { value: new Color() },
      ground: { value: new Color() },
      strength: { value: 1 },
      gloss: { value: gloss },
      edge: { value: edge },
      opacity: { value: 1 },
    },
    ...more,
  });
}

const LAMPS = {
  light: { sky: [0.36, 0.38, 0.41], ground: [0.2, 0.18, 0.16], strength: 0.68 },
  dark: { sky: [0.22, 0.25, 0.3], ground: [0.1, 0.09, 0.085], strength: 0.72 },
};

/** Light a surface for a theme, its own colour set to `tint`. */
export function lit(material: ShaderMaterial, dark: boolean, tint: string): void {
  const { sky, ground, strength } = LAMPS[dark ? 'dark' : 'light'];
  const { uniforms } = material;
  uniforms.tint.value.set(tint);
  uniforms.sky.value.fromArray(sky);
  uniforms.ground.value.fromArray(ground);
  uniforms.strength.value = strength;
}
