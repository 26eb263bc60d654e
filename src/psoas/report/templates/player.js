// The 3-D view: WebGL without any library. It reads the JSON of #scene-data (report/player.py) and stands still at first.
(function () {
  "use strict";
  const root = document.getElementById("player"), source = document.getElementById("scene-data");
  if (!root || !source) return;
  const $ = (s) => root.querySelector(s), canvas = $("canvas"), note = $(".player-note");
  const gl = canvas.getContext("webgl", { antialias: true, alpha: true, stencil: true, preserveDrawingBuffer: true });
  const fail = (why) => { note.textContent = why; note.hidden = false; canvas.hidden = true; };
  if (!gl || typeof DecompressionStream === "undefined") {
    fail("The 3-D view needs a browser with WebGL. Everything else on this page is complete without it.");
    return;
  }
  const data = JSON.parse(source.textContent);
  const KINDS = { int16: Int16Array, uint16: Uint16Array, uint8: Uint8Array };
  const dark = matchMedia("(prefers-color-scheme: dark)"), still = matchMedia("(prefers-reduced-motion: reduce)");
  let buffer, take = 0, instant = 0, playing = false, last = 0;
  const view = { turn: 0, rise: 0, near: 1, part: "whole" }, hidden = new Set();

  async function unpack() {
    const raw = Uint8Array.from(atob(data.block), (c) => c.charCodeAt(0));
    const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
    buffer = await new Response(stream).arrayBuffer();
  }
  const array = ([kind, start, count]) => new KINDS[kind](buffer, start, count);
  const lengths = ([step, ...place]) => Float32Array.from(array(place), (v) => v * step);

  // Rows of a mesh are stored as differences from the row before.
  function summed(values, width) {
    const sums = Float32Array.from(values);
    for (let i = width; i < sums.length; i++) sums[i] += sums[i - width];
    return sums;
  }

  // ---- small algebra: vectors are arrays of 3, matrices column-major as WebGL wants them
  const sub = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const unit = (a) => { const n = Math.hypot(...a) || 1; return [a[0] / n, a[1] / n, a[2] / n]; };
  function times(a, b) {
    const m = new Float32Array(16);
    for (let c = 0; c < 4; c++) for (let r = 0; r < 4; r++)
      m[4 * c + r] = a[r] * b[4 * c] + a[4 + r] * b[4 * c + 1] + a[8 + r] * b[4 * c + 2] + a[12 + r] * b[4 * c + 3];
    return m;
  }
  function look(eye, at) {
    const z = unit(sub(eye, at)), x = unit(cross([0, 1, 0], z)), y = cross(z, x), d = (v) => -(v[0] * eye[0] + v[1] * eye[1] + v[2] * eye[2]);
    return new Float32Array([x[0], y[0], z[0], 0, x[1], y[1], z[1], 0, x[2], y[2], z[2], 0, d(x), d(y), d(z), 1]);
  }
  function lens(angle, aspect, near, far) {
    const f = 1 / Math.tan(angle / 2);
    return new Float32Array([f / aspect, 0, 0, 0, 0, f, 0, 0, 0, 0, (far + near) / (near - far), -1, 0, 0, 2 * far * near / (near - far), 0]);
  }
  function turnOf(q) {
    const [w, x, y, z] = q;
    return [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y), 2 * (x * y - w * z), 1 - 2 * (x * x + z * z),
      2 * (y * z + w * x), 2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)];
  }

  // ---- shaders: a key light with a soft terminator, sky and ground light, a rim; shadows are flattened solids
  const VERTEX = `attribute vec3 p, n; attribute vec3 c; uniform mat4 M, VP; uniform vec4 shade; varying vec3 N, W, C;
    void main() { vec4 w = M * vec4(p, 1.0); N = mat3(M[0].xyz, M[1].xyz, M[2].xyz) * n; C = c;
      if (shade.w > 0.0) w.xyz -= shade.xyz * (w.y - shade.w + 10.0) / shade.y; W = w.xyz; gl_Position = VP * w; }`;
  const FRAGMENT = `precision highp float; varying vec3 N, W, C; uniform vec3 eye, tint; uniform vec4 mode; uniform float dim;
    void main() {
      if (mode.x > 1.5) { float r = length(W.xz - mode.zw) / mode.y; float a = smoothstep(1.0, 0.15, r); gl_FragColor = vec4(tint * a * 0.5, a * 0.5); return; }
      if (mode.x > 0.5) { gl_FragColor = vec4(0.0, 0.0, 0.0, mode.y); return; }
      vec3 n = normalize(N), v = normalize(eye - W); if (dot(n, v) < 0.0) n = -n;
      vec3 key = normalize(vec3(0.55, 0.95, 0.55)), fill = normalize(vec3(-0.5, 0.15, 0.9));
      vec3 base = pow(C * tint, vec3(2.2));
      float k = clamp((dot(n, key) + 0.25) / 1.25, 0.0, 1.0), f = clamp(dot(n, fill), 0.0, 1.0);
      float up = 0.5 + 0.5 * n.y, rim = pow(1.0 - max(dot(n, v), 0.0), 3.0);
      vec3 light = vec3(1.0, 0.97, 0.92) * k * 0.92 + vec3(0.75, 0.85, 1.0) * f * 0.16 + mix(vec3(0.11, 0.10, 0.09), vec3(0.27, 0.29, 0.33), up);
      float s = pow(max(dot(n, normalize(key + v)), 0.0), 34.0) * mode.w;
      vec3 o = base * light + s * 0.22 + rim * mode.z * vec3(0.55, 0.62, 0.7);
      o *= dim; gl_FragColor = vec4(pow(o / (o * 0.14 + 0.95), vec3(0.4545)), 1.0); }`;
  let program;
  const at = {};
  function compile() {
    program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text); gl.compileShader(shader); gl.attachShader(program, shader);
    }
    ["p", "n", "c"].forEach((name, i) => gl.bindAttribLocation(program, i, name));
    gl.linkProgram(program); gl.useProgram(program);
    for (const name of ["M", "VP", "shade", "eye", "tint", "mode", "dim"]) at[name] = gl.getUniformLocation(program, name);
  }
  function stored(target, values, usage) {
    const b = gl.createBuffer();
    gl.bindBuffer(target, b); gl.bufferData(target, values, usage || gl.STATIC_DRAW);
    return b;
  }
  function solid(vertices, quads) {
    const normals = new Float32Array(vertices.length), index = new Uint16Array(quads.length / 4 * 6);
    for (let i = 0, o = 0; i < quads.length; i += 4) {
      const q = [quads[i], quads[i + 1], quads[i + 2], quads[i + 3]], x = q.map((j) => [vertices[3 * j], vertices[3 * j + 1], vertices[3 * j + 2]]);
      const n = cross(sub(x[2], x[0]), sub(x[3], x[1]));
      for (const j of q) for (let k = 0; k < 3; k++) normals[3 * j + k] += n[k];
      index.set([q[0], q[1], q[2], q[0], q[2], q[3]], o); o += 6;
    }
    for (let i = 0; i < normals.length; i += 3) {
      const n = unit([normals[i], normals[i + 1], normals[i + 2]]);
      normals.set(n, i);
    }
    const low = [9, 9, 9], high = [-9, -9, -9];
    vertices.forEach((v, i) => { low[i % 3] = Math.min(low[i % 3], v); high[i % 3] = Math.max(high[i % 3], v); });
    return { low, high, p: stored(gl.ARRAY_BUFFER, vertices), n: stored(gl.ARRAY_BUFFER, normals), i: stored(gl.ELEMENT_ARRAY_BUFFER, index), count: index.length };
  }
  const BOX = (() => {
    const v = [], q = [];
    for (let axis = 0; axis < 3; axis++) for (const s of [-1, 1]) {
      const start = v.length / 3;
      for (const [a, b] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
        const p = [0, 0, 0]; p[axis] = s; p[(axis + 1) % 3] = a; p[(axis + 2) % 3] = b; v.push(...p);
      }
      q.push(...(s > 0 ? [0, 1, 2, 3] : [3, 2, 1, 0]).map((i) => start + i));
    }
    return [new Float32Array(v), new Uint16Array(q)];
  })();

  // ---- what is drawn
  let models, takes, box, plane, tubes;
  function prepare() {
    models = data.models.map((m) => ({
      meshes: m.meshes.map(({ v: [step, ...place], q }) => solid(summed(array(place), 3).map((v) => v * step), summed(array(q), 4))), instances: m.instances, starts: array(m.starts), bodies: array(m.pointBodies),
      points: lengths(m.points), radius: Float32Array.from(array(m.radius), (v) => v * 1e-6), family: array(m.family),
      wrapLine: array(m.wrapLine), wrapAfter: array(m.wrapAfter), wrapBody: array(m.wrapBody), pelvis: m.pelvis, focus: m.focus, names: m.names,
    }));
    takes = data.takes.map((t) => ({
      ...t, position: lengths(t.position), turn: Float32Array.from(array(t.turn), (v) => v / 32767), raw: array(t.arcs.slice(1)), step: t.arcs[0],
      force: array(t.force), frames: t.time.length,
    }));
    for (const t of takes) outline(t);
    box = solid(...BOX);
    plane = solid(new Float32Array([-1, 0, -1, -1, 0, 1, 1, 0, 1, 1, 0, -1]), new Uint16Array([0, 1, 2, 3]));
    tubes = { p: gl.createBuffer(), n: gl.createBuffer(), c: gl.createBuffer(), i: gl.createBuffer() };
  }
  const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1]);
  function outline(t) {
    // The corners of the boxes about all bones in some of the frames: what the first picture must hold. A person who
    // walks through the room is followed, and counted from the pelvis.
    const m = models[t.model], pelvis = (k, i) => t.position[3 * (k * t.count + m.pelvis) + i];
    const range = (i) => { const v = t.time.map((_, k) => pelvis(k, i)); return Math.max(...v) - Math.min(...v); };
    t.follows = range(0) > 0.8 || range(2) > 0.8;
    t.outline = [];
    const some = Math.max(1, Math.floor(t.frames / 16));
    for (let k = 0; k < t.frames; k += some) {
      const now = pose(t, k);
      for (const i of m.instances) {
        const matrix = matrixOf(i, now.bodies[i.body]), mesh = m.meshes[i.mesh];
        for (const c of CORNERS) {
          const p = c.map((side, n) => (side ? mesh.high[n] : mesh.low[n]));
          t.outline.push([0, 1, 2].map((n) => matrix[n] * p[0] + matrix[4 + n] * p[1] + matrix[8 + n] * p[2] + matrix[12 + n] - (t.follows && n !== 1 ? pelvis(k, n) : 0)));
        }
      }
    }
    const ys = t.outline.map((p) => p[1]), span = t.outline.length ? Math.max(...ys) - Math.min(...ys) : 1;
    t.lying = span < 0.8;
    t.ground = t.floor !== null ? t.floor : t.supports.length ? Math.min(...t.supports.map((s) => s.centre[1])) : Math.min(...ys);
  }
  function pose(t, at) {
    const frame = at === undefined ? instant : at, a = Math.min(Math.floor(frame), t.frames - 1), b = Math.min(a + 1, t.frames - 1), s = frame - a, out = [];
    for (let i = 0; i < t.count; i++) {
      const p = 3 * (a * t.count + i), r = 3 * (b * t.count + i), x = [0, 1, 2].map((k) => t.position[p + k] + s * (t.position[r + k] - t.position[p + k]));
      const u = 4 * (a * t.count + i), w = 4 * (b * t.count + i);
      let dot = 0; for (let k = 0; k < 4; k++) dot += t.turn[u + k] * t.turn[w + k];
      const q = [0, 1, 2, 3].map((k) => t.turn[u + k] * (1 - s) + (dot < 0 ? -1 : 1) * t.turn[w + k] * s), n = Math.hypot(...q);
      out.push({ x, r: turnOf(q.map((v) => v / n)) });
    }
    return { bodies: out, a, b, s };
  }
  const placed = (body, x, y, z) => {
    const r = body.r;
    return [body.x[0] + r[0] * x + r[3] * y + r[6] * z, body.x[1] + r[1] * x + r[4] * y + r[7] * z, body.x[2] + r[2] * x + r[5] * y + r[8] * z];
  };
  function lines(t, m, now) {
    const paths = [];
    const arcs = new Map();
    const size = 3 * t.arcPoints;
    for (let w = 0; w < m.wrapLine.length; w++) {
      const i = (now.a * m.wrapLine.length + w) * size, j = (now.b * m.wrapLine.length + w) * size;
      if (t.raw[i] === -32768) continue;
      const far = t.raw[j] === -32768 ? i : j, arc = [];
      for (let k = 0; k < size; k += 3)
        arc.push(placed(now.bodies[m.wrapBody[w]], ...[0, 1, 2].map((c) => t.step * (t.raw[i + k + c] * (1 - now.s) + t.raw[far + k + c] * now.s))));
      arcs.set(m.wrapLine[w], [m.wrapAfter[w], arc]);
    }
    const count = m.starts.length - 1;
    for (let l = 0; l < count; l++) {
      const path = [], arc = arcs.get(l);
      for (let p = m.starts[l]; p < m.starts[l + 1]; p++) {
        path.push(placed(now.bodies[m.bodies[p]], m.points[3 * p], m.points[3 * p + 1], m.points[3 * p + 2]));
        if (arc && p - m.starts[l] === arc[0]) path.push(...arc[1]);
      }
      const f = 0.1 * (t.force[now.a * count + l] * (1 - now.s) + t.force[now.b * count + l] * now.s);
      paths.push({ path, force: f, radius: m.radius[l], family: m.family[l] });
    }
    return paths;
  }
  // From a pale rose over red to a deep wine: lighter is always less, so that it reads in grey as well.
  const RAMP = [[0.86, 0.70, 0.65], [0.85, 0.47, 0.40], [0.76, 0.20, 0.17], [0.50, 0.05, 0.11], [0.28, 0.01, 0.09]];
  const share = (force) => Math.sqrt(Math.max(0, Math.min(1, force / data.top)));
  function colour(force) {
    const u = share(force) * (RAMP.length - 1), i = Math.min(Math.floor(u), RAMP.length - 2), s = u - i;
    return [0, 1, 2].map((k) => RAMP[i][k] * (1 - s) + RAMP[i + 1][k] * s);
  }
  const SIDES = 7, STATIONS = 14;
  function fleshOut(paths) {
    const shown = paths.filter((l) => !hidden.has(l.family)), per = SIDES * STATIONS;
    const p = new Float32Array(shown.length * per * 3), n = new Float32Array(p.length), c = new Float32Array(p.length);
    const index = new Uint32Array(shown.length * (STATIONS - 1) * SIDES * 6);
    let o = 0, e = 0;
    shown.forEach((line, number) => {
      const along = [0];
      for (let i = 1; i < line.path.length; i++) along.push(along[i - 1] + Math.hypot(...sub(line.path[i], line.path[i - 1])));
      const whole = along[along.length - 1], x = [];
      for (let s = 0, i = 0; s < STATIONS; s++) {
        const d = whole * s / (STATIONS - 1);
        while (i < along.length - 2 && along[i + 1] < d) i++;
        const u = (d - along[i]) / (along[i + 1] - along[i] || 1);
        x.push([0, 1, 2].map((k) => line.path[i][k] + u * (line.path[i + 1][k] - line.path[i][k])));
      }
      for (let round = 0; round < 2; round++) for (let s = 1; s < STATIONS - 1; s++)
        x[s] = [0, 1, 2].map((k) => 0.5 * x[s][k] + 0.25 * (x[s - 1][k] + x[s + 1][k]));
      const paint = colour(line.force), thick = Math.min(Math.max(0.55 * line.radius, 0.0013), 0.0075) * (0.85 + 0.4 * share(line.force));
      let side = null;
      for (let s = 0; s < STATIONS; s++) {
        const t = unit(sub(x[Math.min(s + 1, STATIONS - 1)], x[Math.max(s - 1, 0)]));
        let u = side ? sub(side, t.map((v) => v * (side[0] * t[0] + side[1] * t[1] + side[2] * t[2]))) : cross(t, Math.abs(t[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0]);
        u = unit(u); side = u;
        const w = cross(t, u), belly = Math.pow(Math.sin(Math.PI * s / (STATIONS - 1)), 0.75), r = thick * (0.34 + 0.66 * belly);
        const tendon = 0.42 * Math.max(0, 1 - 2.6 * belly), tone = paint.map((v) => v * (1 - tendon) + tendon * 0.92);
        for (let a = 0; a < SIDES; a++) {
          const ca = Math.cos(2 * Math.PI * a / SIDES), sa = Math.sin(2 * Math.PI * a / SIDES);
          for (let k = 0; k < 3; k++) {
            const d = ca * u[k] + sa * w[k];
            p[o] = x[s][k] + r * d; n[o] = d; c[o] = tone[k]; o++;
          }
        }
      }
      const base = number * per;
      for (let s = 0; s < STATIONS - 1; s++) for (let a = 0; a < SIDES; a++) {
        const i = base + s * SIDES + a, j = base + s * SIDES + (a + 1) % SIDES;
        index.set([i, j, j + SIDES, i, j + SIDES, i + SIDES], e); e += 6;
      }
    });
    for (const [key, values] of [["p", p], ["n", n], ["c", c]]) {
      gl.bindBuffer(gl.ARRAY_BUFFER, tubes[key]); gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, tubes.i); gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, index, gl.DYNAMIC_DRAW);
    tubes.count = e;
  }
  function attach(mesh) {
    for (const [i, b] of [[0, mesh.p], [1, mesh.n]]) {
      gl.bindBuffer(gl.ARRAY_BUFFER, b); gl.enableVertexAttribArray(i); gl.vertexAttribPointer(i, 3, gl.FLOAT, false, 0, 0);
    }
    if (mesh.c) { gl.bindBuffer(gl.ARRAY_BUFFER, mesh.c); gl.enableVertexAttribArray(2); gl.vertexAttribPointer(2, 3, gl.FLOAT, false, 0, 0); }
    else { gl.disableVertexAttribArray(2); gl.vertexAttrib3f(2, 1, 1, 1); }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, mesh.i);
  }
  const ONE = new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  function matrixOf(instance, body) {
    const c = Math.cos(instance.turn) * instance.scale, s = Math.sin(instance.turn) * instance.scale, r = body.r, f = instance.mirror ? -1 : 1;
    const [x, y, z] = placed(body, instance.shift[0], instance.shift[1], f * instance.shift[2]);
    const column = (a, b) => [0, 1, 2].map((k) => r[k] * a + r[3 + k] * b);
    return new Float32Array([...column(c, s), 0, ...column(-s, c), 0, ...[6, 7, 8].map((k) => r[k] * instance.scale * f), 0, x, y, z, 1]);
  }
  function plate(s) {
    const a = s.axes, thick = 0.018;
    return new Float32Array([a[0] * s.half[0], a[1] * s.half[0], a[2] * s.half[0], 0, a[3] * s.half[1], a[4] * s.half[1], a[5] * s.half[1], 0,
      a[6] * thick, a[7] * thick, a[8] * thick, 0, ...[0, 1, 2].map((k) => s.centre[k] - a[6 + k] * thick), 1]);
  }
  const PARTS = { whole: { turn: 0.62, rise: 0.10 }, back: { turn: 0.78, rise: 0.06 } };
  function fitted(t, aspect, angle, turn, rise) {
    // The nearest place from which every corner is in the picture, looking at the middle of what is seen.
    const z = [Math.cos(rise) * Math.cos(turn), Math.sin(rise), Math.cos(rise) * Math.sin(turn)], x = unit(cross([0, 1, 0], z)), y = cross(z, x);
    const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2], seen = t.outline.map((p) => [dot(p, x), dot(p, y), dot(p, z)]);
    const half = Math.tan(angle / 2), middle = [0, 1, 2].map((i) => 0.5 * (Math.max(...seen.map((p) => p[i])) + Math.min(...seen.map((p) => p[i]))));
    let far = 3;
    for (let round = 0; round < 6; round++) {
      far = Math.max(...seen.map((p) => Math.max(Math.abs(p[0] - middle[0]) / aspect, Math.abs(p[1] - middle[1])) / half + p[2] - middle[2]));
      for (const i of [0, 1]) {
        const at = seen.map((p) => (p[i] - middle[i]) / (far - p[2] + middle[2]));
        middle[i] += 0.5 * (Math.max(...at) + Math.min(...at)) * far;
      }
    }
    return { far: far * 1.09, centre: [0, 1, 2].map((i) => middle[0] * x[i] + middle[1] * y[i] + middle[2] * z[i]) };
  }
  function camera(t, m, now) {
    const offset = t.follows ? now.bodies[m.pelvis].x : [0, 0, 0], aspect = canvas.width / canvas.height, angle = 0.42;
    const facing = [Math.cos(view.rise) * Math.cos(view.turn), Math.sin(view.rise), Math.cos(view.rise) * Math.sin(view.turn)];
    let centre, far;
    if (view.part === "whole") {
      const key = take + " " + aspect.toFixed(3);
      if (view.key !== key) { view.key = key; Object.assign(view, fitted(t, aspect, angle, view.turn, view.rise)); }
      centre = [0, 1, 2].map((i) => view.centre[i] + (i === 1 ? 0 : offset[i])); far = view.far / view.near;
    } else {
      const a = now.bodies[m.pelvis].x, b = now.bodies[m.focus].x;
      centre = [0, 1, 2].map((i) => 0.42 * a[i] + 0.58 * b[i]); far = 0.30 / Math.min(1, aspect * 1.15) / Math.tan(angle / 2) / view.near;
    }
    const eye = [0, 1, 2].map((i) => centre[i] + far * facing[i]);
    return { eye, vp: times(lens(angle, aspect, Math.max(far - 3, 0.02), far + 4), look(eye, centre)) };
  }
  const away = (i) => i.arm && view.part !== "whole"; // arms would cover the near view
  function draw() {
    const ratio = Math.min(window.devicePixelRatio || 1, 2), w = Math.round(canvas.clientWidth * ratio), h = Math.round(canvas.clientHeight * ratio);
    if (!w || !h) return;
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    const t = takes[take], m = models[t.model], now = pose(t), cam = camera(t, m, now);
    gl.viewport(0, 0, w, h); gl.clearColor(0, 0, 0, 0); gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT | gl.STENCIL_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.uniformMatrix4fv(at.VP, false, cam.vp); gl.uniform3fv(at.eye, cam.eye); gl.uniform4f(at.shade, 0, 1, 0, 0); gl.uniform1f(at.dim, dark.matches ? 0.92 : 1);
    fleshOut(lines(t, m, now));
    const matrices = m.instances.map((i) => matrixOf(i, now.bodies[i.body])), hip = now.bodies[m.pelvis].x;
    // The ground: a pool of light with the shadow of all solids on it.
    gl.enable(gl.BLEND); gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA); gl.depthMask(false);
    gl.uniformMatrix4fv(at.M, false, new Float32Array([1.15, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1.15, 0, hip[0], t.ground - 0.002, hip[2], 1]));
    gl.uniform4f(at.mode, 2, 1.1, hip[0], hip[2]); gl.uniform3fv(at.tint, dark.matches ? [0.22, 0.24, 0.28] : [1, 1, 1]);
    attach(plane); gl.drawElements(gl.TRIANGLES, plane.count, gl.UNSIGNED_SHORT, 0);
    gl.enable(gl.STENCIL_TEST); gl.stencilOp(gl.KEEP, gl.KEEP, gl.INCR);
    gl.uniform4f(at.mode, 1, dark.matches ? 0.34 : 0.13, 0, 0);
    gl.uniform4f(at.shade, 0.25, 1, 0.28, t.ground + 10);
    gl.stencilFunc(gl.EQUAL, 0, 255);
    m.instances.forEach((i, k) => { if (away(i)) return; const mesh = m.meshes[i.mesh]; gl.uniformMatrix4fv(at.M, false, matrices[k]); attach(mesh); gl.drawElements(gl.TRIANGLES, mesh.count, gl.UNSIGNED_SHORT, 0); });
    gl.uniform4f(at.shade, 0, 1, 0, 0);
    gl.disable(gl.STENCIL_TEST); gl.disable(gl.BLEND); gl.depthMask(true);
    // Supports, bones, discs, muscles.
    gl.uniform4f(at.mode, 0, 0, dark.matches ? 0.10 : 0.05, 0.0); gl.uniform3fv(at.tint, dark.matches ? [0.36, 0.40, 0.46] : [0.80, 0.82, 0.84]);
    attach(box);
    for (const s of t.supports) if (s.bears[now.s < 0.5 ? now.a : now.b]) { gl.uniformMatrix4fv(at.M, false, plate(s)); gl.drawElements(gl.TRIANGLES, box.count, gl.UNSIGNED_SHORT, 0); }
    gl.uniform4f(at.mode, 0, 0, dark.matches ? 0.20 : 0.10, 0.55);
    m.instances.forEach((i, k) => {
      if (away(i)) return;
      const mesh = m.meshes[i.mesh];
      gl.uniform3fv(at.tint, i.disc ? [0.56, 0.70, 0.76] : [0.92, 0.86, 0.76]);
      gl.uniformMatrix4fv(at.M, false, matrices[k]); attach(mesh); gl.drawElements(gl.TRIANGLES, mesh.count, gl.UNSIGNED_SHORT, 0);
    });
    gl.uniform4f(at.mode, 0, 0, dark.matches ? 0.22 : 0.08, 1.0); gl.uniform3f(at.tint, 1, 1, 1); gl.uniformMatrix4fv(at.M, false, ONE);
    if (tubes.count) { attach(tubes); gl.drawElements(gl.TRIANGLES, tubes.count, gl.UNSIGNED_INT, 0); }
  }

  // ---- handling
  let asked = false;
  const redraw = () => { if (!asked) { asked = true; requestAnimationFrame(() => { asked = false; draw(); }); } };
  const slider = $(".player-time"), play = $(".player-play"), told = $(".player-told");
  const seconds = (t) => { const a = Math.min(Math.floor(instant), t.frames - 1), b = Math.min(a + 1, t.frames - 1); return t.time[a] + (instant - a) * (t.time[b] - t.time[a]); };
  function tell() {
    const t = takes[take], k = Math.min(Math.round(instant), t.frames - 1), now = seconds(t);
    const loads = t.compression.map((row) => row[k]), most = loads.indexOf(Math.max(...loads.map((v) => (v === null ? -1 : v))));
    const when = t.frames > 1 ? now.toFixed(2) + " s: " : "";
    told.textContent = when + "most compression at " + data.levels[most] + ", " + loads[most] + " N";
    if (slider) { slider.value = String(instant); slider.setAttribute("aria-valuetext", now.toFixed(2) + " seconds"); }
    for (const chart of document.querySelectorAll("svg[data-t0]")) {
      const d = chart.dataset, s = Math.min(1, Math.max(0, (now - d.t0) / (d.t1 - d.t0))), x = Number(d.x0) + s * (d.x1 - d.x0), line = chart.querySelector(".now");
      if (line) { line.setAttribute("x1", x); line.setAttribute("x2", x); }
    }
  }
  function tick(time) {
    if (!playing) return;
    const t = takes[take], whole = t.time[t.frames - 1] - t.time[0], rate = (t.frames - 1) / whole;
    // The first frame may have been due before the click: time does not run back.
    instant += Math.min(Math.max(time - last, 0) / 1000, 0.1) * rate * (still.matches ? 0.5 : 1); last = time;
    if (instant >= t.frames - 1) instant = 0;
    tell(); draw(); requestAnimationFrame(tick);
  }
  function setPlaying(on) {
    playing = on; play.textContent = on ? "Pause" : "Play"; play.setAttribute("aria-pressed", String(on));
    if (on) { last = performance.now(); requestAnimationFrame(tick); }
  }
  function setPart(part) {
    Object.assign(view, { part, near: 1, key: "" }, PARTS[part], part === "whole" && takes[take].lying ? { rise: 0.42, turn: 1.1 } : {});
    for (const b of root.querySelectorAll("[data-part]")) b.setAttribute("aria-pressed", String(b.dataset.part === part));
    redraw();
  }
  function steer() {
    let down = null;
    canvas.addEventListener("pointerdown", (e) => { down = [e.clientX, e.clientY, view.turn, view.rise]; canvas.setPointerCapture(e.pointerId); });
    canvas.addEventListener("pointermove", (e) => {
      if (!down) return;
      view.turn = down[2] + (e.clientX - down[0]) * 0.009; view.rise = Math.max(-0.5, Math.min(1.35, down[3] + (e.clientY - down[1]) * 0.007)); redraw();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { down = null; });
    const closer = (by) => { view.near = Math.max(0.6, Math.min(4, view.near * by)); redraw(); };
    canvas.addEventListener("wheel", (e) => { if (!e.ctrlKey && document.activeElement !== canvas) return; e.preventDefault(); closer(Math.exp(-e.deltaY * 0.0015)); }, { passive: false });
    canvas.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: [-0.12, 0], ArrowRight: [0.12, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[e.key];
      if (step) { view.turn += step[0]; view.rise = Math.max(-0.5, Math.min(1.35, view.rise + step[1])); }
      else if (e.key === "+" || e.key === "=") closer(1.15);
      else if (e.key === "-") closer(1 / 1.15);
      else if (e.key === "0") setPart(view.part);
      else if (e.key === " " && slider) setPlaying(!playing);
      else return;
      e.preventDefault(); redraw();
    });
    for (const b of root.querySelectorAll("[data-part]")) b.addEventListener("click", () => {
      // The wall of the belly would hide the spine; the boxes show what is hidden, and bring it back.
      const wall = root.querySelector("[data-family='3']");
      wall.checked = b.dataset.part === "whole"; wall.dispatchEvent(new Event("change")); setPart(b.dataset.part);
    });
    for (const b of root.querySelectorAll("[data-turn]")) b.addEventListener("click", () => { view.turn = Number(b.dataset.turn); view.rise = 0.06; redraw(); });
    for (const box of root.querySelectorAll("[data-family]")) box.addEventListener("change", () => { hidden[box.checked ? "delete" : "add"](Number(box.dataset.family)); redraw(); });
    for (const r of root.querySelectorAll("[name=take]")) r.addEventListener("change", () => { take = Number(r.value); instant = Math.min(instant, takes[take].frames - 1); if (slider) slider.max = String(takes[take].frames - 1); tell(); redraw(); });
    if (slider) {
      slider.addEventListener("input", () => { setPlaying(false); instant = Number(slider.value); tell(); redraw(); });
      play.addEventListener("click", () => setPlaying(!playing));
      for (const chart of document.querySelectorAll("svg[data-t0]")) chart.addEventListener("click", (e) => {
        const b = chart.getBoundingClientRect(), d = chart.dataset, x = (e.clientX - b.left) / b.width * chart.viewBox.baseVal.width;
        const wanted = Number(d.t0) + (x - d.x0) / (d.x1 - d.x0) * (d.t1 - d.t0), t = takes[take];
        let k = 0; while (k < t.frames - 1 && t.time[k] < wanted) k++;
        setPlaying(false); instant = k; tell(); redraw();
      });
    }
    addEventListener("resize", redraw); addEventListener("beforeprint", draw);
    for (const q of [dark, still]) q.addEventListener("change", redraw);
    canvas.addEventListener("webglcontextlost", (e) => { e.preventDefault(); setPlaying(false); });
    canvas.addEventListener("webglcontextrestored", () => { compile(); prepare(); redraw(); });
  }
  function scale() {
    // The legend: the ramp over evenly spaced shares, labelled with the forces that they stand for.
    const stops = Array.from({ length: 21 }, (_, i) => { const c = colour(data.top * (i / 20) ** 2).map((v) => Math.round(255 * v)); return `rgb(${c.join(",")}) ${5 * i}%`; });
    $(".player-ramp").style.background = `linear-gradient(to right, ${stops.join(",")})`;
  }
  unpack().then(() => {
    if (!gl.getExtension("OES_element_index_uint")) throw new Error("OES_element_index_uint");
    compile(); prepare();
    const chosen = root.querySelector("[name=take]:checked");
    take = chosen ? Number(chosen.value) : 0;
    if (slider) slider.max = String(takes[take].frames - 1);
    steer(); scale(); setPart("whole"); tell(); draw(); root.dataset.ready = "true";
  }).catch(() => fail("The 3-D view could not be drawn in this browser. Everything else on this page is complete without it."));
})();
