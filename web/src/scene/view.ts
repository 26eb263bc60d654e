/** The person in three dimensions: bones, discs, muscles coloured by force, what bears them. Drawn only when asked. */

import {
  DirectionalLight,
  HemisphereLight,
  Matrix4,
  Raycaster,
  Scene,
  SRGBColorSpace,
  Vector2,
  Vector3,
  WebGLRenderer,
} from 'three';
import type { Answer, SceneModel } from '../contract';
import { bandsOf, type Bands } from './bands';
import { bonesOf, type Bones } from './bones';
import { Eye, type Focus, type Frame } from './camera';
import { HIGHEST_N, ramp } from './colours';
import { groundOf, type Ground } from './ground';
import { personOf, type Person } from './model';
import { STATIONS, stations } from './paths';
import { between, placed, type Instant } from './place';

const TWEEN_MS = 250;
const SHARPEST = 2; // pixels of the drawing for one of the page
const LIMBS = /^(head|upper_arm|forearm|hand|shank|foot)/; // not in the close view
const TAP_PX = 6; // a pointer that moved farther turned the drawing

type Shown = Pick<Answer, 'pose' | 'active_n' | 'passive_n' | 'supports' | 'floor_m'>;

export class SpineView {
  /** Told the fascicle or the bone under the pointer, null where there is none. */
  onPick: ((name: string | null) => void) | null = null;
  private readonly host: HTMLElement;
  private readonly person: Person;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly sky = new HemisphereLight();
  private readonly key = new DirectionalLight();
  private readonly rim = new DirectionalLight();
  private readonly bones: Bones;
  private readonly bands: Bands;
  private readonly ground: Ground;
  private readonly eye: Eye;
  private readonly matrices: Matrix4[];
  private readonly at: Float32Array;
  private readonly watcher: ResizeObserver;
  private readonly undo = new AbortController();
  private readonly reducedMotion: boolean;
  private dark: boolean;
  private shown: Instant | null = null;
  private last: Shown | null = null;
  private tween = 0;
  private asked = 0;
  private close = true; // the close view, or the whole person
  private direction: Focus = 'lumbar';

  constructor(host: HTMLElement, model: SceneModel, options: { dark: boolean; reducedMotion: boolean }) {
    this.host = host;
    this.reducedMotion = options.reducedMotion;
    this.dark = options.dark;
    this.person = personOf(model);
    this.renderer = new WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.renderer.outputColorSpace = SRGBColorSpace;
    const canvas = this.renderer.domElement;
    canvas.tabIndex = 0;
    host.append(canvas);
    this.bones = bonesOf(this.person);
    this.bands = bandsOf(this.person);
    this.ground = groundOf();
    this.matrices = Array.from({ length: this.person.bodies.length + this.person.discs.length }, () => new Matrix4());
    this.at = new Float32Array(3 * STATIONS * this.person.lines.length);
    this.eye = new Eye(
      canvas,
      () => this.ask(),
      () => this.focus(this.direction),
    );
    this.key.position.set(1.1, 1.9, 1.2);
    this.rim.position.set(-1.4, 0.5, -0.8);
    this.scene.add(this.ground.root, this.bones.root, this.bands.mesh, this.sky, this.key, this.rim);
    this.point(canvas);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(host);
    this.colour();
    this.eye.look('lumbar', false);
    this.resize();
  }

  /** Draw an answer; `animate`: pass over from the one before, where motion is welcome. */
  show(answer: Shown, { animate = false }: { animate?: boolean } = {}): void {
    const force = Float64Array.from(answer.active_n, (active, i) => active + answer.passive_n[i]);
    const next: Instant = { pose: answer.pose, force };
    const from = this.shown;
    cancelAnimationFrame(this.tween);
    const isFirst = this.last === null;
    this.last = answer;
    if (isFirst || !animate || this.reducedMotion || from === null) {
      this.lay(next);
      if (isFirst) this.focus(this.direction);
      return;
    }
    const start = performance.now();
    const step = (now: number) => {
      const share = Math.min(1, Math.max(0, (now - start) / TWEEN_MS));
      this.lay(share === 1 ? next : between(from, next, share * share * (3 - 2 * share)));
      if (share < 1) this.tween = requestAnimationFrame(step);
    };
    step(start);
  }

  /** Look at the lower back or the whole person, three quarters from the front, or turn the view to a side. */
  focus(camera: Focus): void {
    if (camera === 'lumbar' || camera === 'whole') this.close = camera === 'lumbar';
    this.direction = camera;
    this.eye.look(camera, this.isLying());
    this.limbs();
    if (this.shown) this.eye.frame(this.framed());
  }

  /** Draw a family or a group of muscles in full and the others faint; null: psoas and back extensors. */
  highlight(family: string | null): void {
    const { families, family: of, groups } = this.person;
    this.bands.choose(
      family === null ? null : (line) => families[of[line]] === family || groups[line] === family,
    );
    this.ask();
  }

  theme(dark: boolean): void {
    this.dark = dark;
    this.colour();
    if (this.shown) this.bands.lay(this.at, this.shown.force);
    this.ask();
  }

  /** Fit the picture to its host. */
  resize(): void {
    const [width, height] = [this.host.clientWidth, this.host.clientHeight];
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, SHARPEST));
    this.renderer.setSize(width, height, false);
    this.eye.shape(width / height);
    if (this.shown) this.eye.frame(this.framed());
    this.draw();
  }

  /** Forces [N] at the ends of the scale and its colours, evenly spaced in sqrt(force). */
  legend(): { lowest: number; highest: number; colours: string[] } {
    return { lowest: 0, highest: HIGHEST_N, colours: ramp(this.dark) };
  }

  dispose(): void {
    cancelAnimationFrame(this.tween);
    cancelAnimationFrame(this.asked);
    this.undo.abort();
    this.watcher.disconnect();
    this.eye.dispose();
    this.renderer.dispose();
    this.renderer.domElement.remove();
  }

  private lay(instant: Instant): void {
    this.shown = instant;
    placed(this.person, instant.pose, this.matrices);
    this.bones.place(this.matrices);
    stations(this.person, instant.pose, this.matrices, this.at);
    this.bands.lay(this.at, instant.force);
    const { supports, floor_m } = this.last as Shown;
    this.ground.place(supports, floor_m ?? this.lowest(), this.bones.drawn);
    this.eye.frame(this.framed());
  }

  /** Where the floor is for someone whose feet do not stand on it: under the lowest plate or body. */
  private lowest(): number {
    const plates = (this.last as Shown).supports.map((x) => x.centre[1]);
    if (plates.length) return Math.min(...plates) - 0.02;
    return Math.min(...this.balls(() => true).map(({ centre, radius }) => centre.y - radius));
  }

  private isLying(): boolean {
    if (!this.shown) return false;
    const trunk = this.origin('thorax').sub(this.origin('pelvis')).normalize();
    const thigh = this.origin('shank_r').sub(this.origin('pelvis')).normalize();
    return Math.abs(trunk.y) < 0.35 && Math.abs(thigh.y) < 0.8;
  }

  private origin(body: string): Vector3 {
    return new Vector3().setFromMatrixPosition(this.matrices[this.person.bodies.indexOf(body)]);
  }

  private framed(): Frame {
    if (!this.close) return { balls: this.balls(() => true) };
    const pelvis = this.matrices[this.person.bodies.indexOf('pelvis')];
    const thorax = this.matrices[this.person.bodies.indexOf('thorax')];
    const at = (matrix: Matrix4, x: number, y: number) => new Vector3(x, y, 0).applyMatrix4(matrix);
    return {
      balls: [
        { centre: at(pelvis, -0.07, -0.08), radius: 0.13 },
        { centre: at(pelvis, -0.07, 0.05), radius: 0.15 },
        { centre: at(thorax, 0.01, 0.06), radius: 0.14 },
      ],
    };
  }

  private balls(wanted: (name: string) => boolean): Frame['balls'] {
    return this.bones.drawn
      .filter(({ mesh }) => wanted(this.person.bodies[mesh.userData.body as number] ?? 'disc'))
      .map(({ mesh }) => {
        const { center, radius } = mesh.geometry.boundingSphere!;
        return { centre: center.clone().applyMatrix4(mesh.matrix), radius };
      });
  }

  private limbs(): void {
    for (const { mesh } of this.bones.drawn)
      mesh.visible = !this.close || !LIMBS.test(this.person.bodies[mesh.userData.body as number] ?? '');
  }

  private colour(): void {
    const { dark } = this;
    this.bones.theme(dark);
    this.bands.theme(dark);
    this.ground.theme(dark);
    this.sky.color.set(dark ? '#c3cfdd' : '#f4f7fb');
    this.sky.groundColor.set(dark ? '#2b2723' : '#a89c8c');
    this.sky.intensity = dark ? 1.15 : 1.55;
    this.key.color.set('#fff4e4');
    this.key.intensity = dark ? 1.9 : 1.85;
    this.rim.color.set(dark ? '#9dbbe0' : '#dfe9f5');
    this.rim.intensity = dark ? 0.9 : 0.5;
  }

  /** Draw at the next chance, once however often it is asked. */
  private ask(): void {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    this.renderer.render(this.scene, this.eye.camera);
  }

  private point(canvas: HTMLCanvasElement): void {
    const { signal } = this.undo;
    let down: [number, number] | null = null;
    let waiting = 0;
    const tell = (event: PointerEvent) => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => this.onPick?.(this.under(event)));
    };
    canvas.addEventListener('pointerdown', (event) => (down = [event.clientX, event.clientY]), { signal });
    canvas.addEventListener('pointermove', (event) => !down && event.pointerType !== 'touch' && tell(event), { signal });
    canvas.addEventListener('pointercancel', () => (down = null), { signal });
    canvas.addEventListener('pointerleave', () => this.onPick?.(null), { signal });
    const up = (event: PointerEvent) => {
      if (down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) < TAP_PX) tell(event);
      down = null;
    };
    canvas.addEventListener('pointerup', up, { signal });
  }

  /** The nearest muscle that is drawn in full, or bone, under a pointer. */
  private under(event: PointerEvent): string | null {
    const box = this.renderer.domElement.getBoundingClientRect();
    const at = new Vector2((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    const ray = new Raycaster();
    ray.setFromCamera(at.multiplyScalar(2).subScalar(1).multiply(new Vector2(1, -1)), this.eye.camera);
    const visible = this.bones.drawn.filter(({ mesh }) => mesh.visible);
    for (const { object, faceIndex } of ray.intersectObjects([this.bands.mesh, ...visible.map((x) => x.mesh)], false)) {
      if (object !== this.bands.mesh) return visible.find((x) => x.mesh === object)?.nameAt(faceIndex as number) ?? null;
      const line = this.bands.lineAt(faceIndex as number);
      if (this.bands.isFull(line)) return this.person.lines[line];
    }
    return null;
  }
}
