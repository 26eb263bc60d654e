/** Light: reckoned at the vertices, which lie close, so that a picture is quick without a graphics card too. */

import { Color, FrontSide, ShaderMaterial, Vector3, type ShaderMaterialParameters } from 'three';

/** What lights the drawing: sky and earth from above and below, key and rim from fixed sides of the reader. */
export interface Light {
  sky: { value: Color };
  earth: { value: Color };
  key: { value: Color };
  rim: { value: Color };
}

const KEY = new Vector3(-0.6, 1.1, 0.9).normalize(); // to the light, in the frame of the eye
const RIM = new Vector3(0.9, 0.35, -0.8).normalize();
const GLOSS_SHARPNESS = 22;

/** The light of a theme, into `light`. */
export function shine({ sky, earth, key, rim }: Light, dark: boolean): void {
  sky.value.set(dark ? '#c4d2e6' : '#ffffff').multiplyScalar(dark ? 0.28 : 0.4);
  earth.value.set(dark ? '#4a4038' : '#b9a58f').multiplyScalar(dark ? 0.28 : 0.4);
  key.value.set('#fff4e4').multiplyScalar(dark ? 0.57 : 0.62);
  rim.value.set('#cfe0ff').multiplyScalar(dark ? 0.36 : 0.16);
}

/** Light that is still to be set by `shine`. */
export function darkness(): Light {
  const none = () => ({ value: new Color(0) });
  return { sky: none(), earth: none(), key: none(), rim: none() };
}

const VERTEX = `
uniform vec3 tint, sky, earth, key, rim;
uniform float gloss;
varying vec3 shade;
void main() {
  vec4 world = modelMatrix * vec4(position, 1.0);
  vec3 n = normalize(mat3(modelMatrix) * normal);
  vec3 seen = mat3(viewMatrix) * n;
  vec4 place = viewMatrix * world;
  vec3 toKey = vec3(${KEY.toArray().join(', ')});
  vec3 toRim = vec3(${RIM.toArray().join(', ')});
  vec3 base = tint;
  #ifdef USE_COLOR
  base *= color;
  #endif
  vec3 light = mix(earth, sky, 0.5 + 0.5 * n.y) + key * max(dot(seen, toKey), 0.0) + rim * max(dot(seen, toRim), 0.0);
  float glint = pow(max(dot(seen, normalize(toKey - normalize(place.xyz))), 0.0), ${GLOSS_SHARPNESS}.0);
  shade = pow(base * light + gloss * glint * key, vec3(1.0 / 2.2));
  gl_Position = projectionMatrix * place;
}`;

const FRAGMENT = `
uniform float opacity;
varying vec3 shade;
void main() {
  gl_FragColor = vec4(shade, opacity);
}`;

/** A material under this light, its colour set through `tintOf`. */
export function lit(light: Light, gloss: number, more: ShaderMaterialParameters = {}): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { ...light, tint: { value: new Color(1, 1, 1) }, gloss: { value: gloss }, opacity: { value: 1 } },
    side: FrontSide,
    vertexColors: true,
    ...more,
  });
}

/** The colour by which a material's own colours are multiplied. */
export function tintOf(material: ShaderMaterial): Color {
  return material.uniforms.tint.value as Color;
}
