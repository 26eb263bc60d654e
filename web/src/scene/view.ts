/** The drawing: a person, what bears them and how hard their muscles pull, turned by finger, mouse and keyboard. */

import { Matrix4, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Answer, SceneModel, Support } from '../contract';
import { ability } from './ability';
import { arrowsOf } from './arrows';
import { bandsOf } from './bands';
import { bonesOf } from './bones';
import { directionFrom, directionOf, FIELD_DEG, framed, stand, type Direction, type Part, type View } from './camera';
import { HIGHEST_N, ramp } from './colours';
import { groundOf } from './ground';
import { handle, under, type Handled, type Picked } from './handling';
import { darkness, shine } from './lit';
import { personOf, type Person } from './model';
import { stations, STATIONS } from './paths';
import { between, placed, type Instant } from './place';
import { rests } from './rests';

const TWEEN_MS = 250;
const RAPID_MS = 150; // answers that follow each other faster are drawn at once
const REST_MS = 200; // after which a drawing without a graphics card is drawn finely
const [FARTHEST, NEAREST] = [0.5, 5]; // times as near as the framing
const [LOWEST_RISE, HIGHEST_RISE] = [-0.5, 1.4];
const WALL = 'Abdominals'; // would hide the psoas in the near view

/** What of an answer is drawn. */
export type Drawn = Pick<Answer, 'scenario' | 'pose' | 'active_n' | 'passive_n' | 'loads' | 'supports' | 'floor_m'>;

/** Whether this browser can draw at all. */
export function canDraw(): boolean {
  return ability() !== 'none';
}

/** The drawing in `host`. Nothing is drawn between changes. */
export class SpineView {
  onPick: ((picked: Picked | null) => void) | null = null;
  private readonly person: Person;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(FIELD_DEG);
  private readonly controls: OrbitControls;
  private readonly light = darkness();
  private readonly bones;
  private readonly bands;
  private readonly ground = groundOf(this.light);
  private readonly arrows;
  private readonly matrices: Matrix4[];
  private readonly found: Float32Array;
  private readonly listeners = new AbortController();
  private readonly watched: ResizeObserver;
  private part: Part = 'lumbar';
  private view: View = 'lumbar';
  private isTurned = false; // by the reader, whose direction then stays
  private direction: Direction = { turn: 0, rise: 0 }; // from which it is seen now
  private near = 1; // how much closer than the framing
  private framing = { target: new Vector3(), distance: 1 };
  private now: Instant | null = null;
  private supports: Support[] = [];
  private around: Drawn['scenario']['surroundings'];
  private floor: number | null = null;
  private isLying = false;
  private readonly isSlow = ability() === 'software';
  private tween = 0;
  private rest = 0;
  private asked = 0;
  private shownAt = -Infinity;
  private highlighted: string | null = null;

  constructor(
    private readonly host: HTMLElement,
    model: SceneModel,
    private readonly options: { dark: boolean; reducedMotion: boolean },
  ) {
    this.person = personOf(model);
    // Smooth edges cost the processor as much as all else: it draws them only when nothing moves.
    this.renderer = new WebGLRenderer({ antialias: !this.isSlow, alpha: true });
    this.renderer.setPixelRatio(this.isSlow ? 1 : Math.min(devicePixelRatio || 1, 2));
    this.bones = bonesOf(this.person, this.light);
    this.bands = bandsOf(this.person, this.light);
    this.arrows = arrowsOf(this.person);
    this.matrices = Array.from(
      { length: this.person.bodies.length + this.person.discs.length },
      () => new Matrix4(),
    );
    this.found = new Float32Array(3 * STATIONS * this.person.lines.length);
    this.scene.add(this.ground.root, this.bones.root, this.bands.mesh, this.arrows.root);
    const canvas = this.renderer.domElement;
    host.append(canvas);
    this.controls = new OrbitControls(this.camera, canvas);
    this.steer();
    this.watched = new ResizeObserver(() => this.resize());
    this.watched.observe(host);
    this.arrangePart();
    this.theme(options.dark);
  }

  /** Show an answer: moved to smoothly unless answers follow each other fast; discs are tinted against `baseline`. */
  show(answer: Drawn, { animate = true, baseline }: { animate?: boolean; baseline?: Drawn } = {}): void {
    const force = answer.active_n.map((active, i) => active + answer.passive_n[i]);
    const to = { pose: answer.pose, force };
    const time = performance.now();
    const isRapid = time - this.shownAt < RAPID_MS;
    this.shownAt = time;
    const from = this.now;
    cancelAnimationFrame(this.tween);
    this.supports = answer.supports;
    this.around = answer.scenario.surroundings;
    this.floor = answer.floor_m;
    this.bones.load(answer.loads.compression_n, baseline?.loads.compression_n ?? null);
    if (from === null || !animate || isRapid || this.options.reducedMotion) {
      this.lay(to);
      return;
    }
    const step = (at: number) => {
      const share = Math.min(1, Math.max(0, (at - time) / TWEEN_MS));
      this.lay(share < 1 ? between(from, to, 1 - (1 - share) ** 3) : to);
      if (share < 1) this.tween = requestAnimationFrame(step);
    };
    this.tween = requestAnimationFrame(step);
  }

  /** Look at a part, or at the same part from another side. */
  focus(view: View): void {
    if (view === 'lumbar' || view === 'whole') this.part = view;
    this.view = view;
    this.isTurned = false;
    this.near = 1;
    this.arrangePart();
    if (this.now) this.lay(this.now);
  }

  /** Draw one family of muscles in full and the others faint; null: psoas and extensors in full. */
  highlight(family: string | null): void {
    this.highlighted = family;
    const { person } = this;
    this.bands.choose(family === null ? null : (line) => person.families[person.family[line]] === family);
    this.arrangePart();
    this.redraw();
  }

  /** Show or hide the pull of the psoas on each vertebra as arrows. */
  pulls(isShown: boolean): void {
    this.arrows.root.visible = isShown;
    this.redraw();
  }

  theme(dark: boolean): void {
    this.bones.theme(dark);
    this.bands.theme(dark);
    this.ground.theme(dark);
    this.arrows.theme(dark);
    shine(this.light, dark);
    this.options.dark = dark;
    if (this.now) this.lay(this.now);
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return;
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.look();
    this.draw(); // at once: a canvas that changed its size is empty
  }

  /** The scale of the forces [N], its colours evenly spaced in the square root of the force. */
  legend(): { lowest: number; highest: number; colours: string[] } {
    return { lowest: 0, highest: HIGHEST_N, colours: ramp(this.options.dark) };
  }

  dispose(): void {
    cancelAnimationFrame(this.tween);
    cancelAnimationFrame(this.asked);
    clearTimeout(this.rest);
    this.listeners.abort();
    this.watched.disconnect();
    this.controls.dispose();
    this.renderer.dispose();
    this.renderer.domElement.remove();
  }

  private lay(instant: Instant): void {
    this.now = instant;
    placed(this.person, instant.pose, this.matrices);
    stations(this.person, instant.pose, this.matrices, this.found);
    this.bones.place(this.matrices);
    this.bands.lay(this.found, instant.force);
    this.arrows.place(this.matrices, this.found, instant.force);
    const heights = this.bones.drawn.map(({ mesh }) => mesh.matrix.elements[13]);
    const plates = this.supports.map(({ centre }) => centre[1]);
    this.isLying = Math.max(...heights) - Math.min(...heights) < 0.7;
    // In the near view arms are hidden, and what they lie on would hide the spine.
    const under = this.part === 'whole' ? rests(this.around, this.person, this.matrices) : [];
    const floor = this.floor ?? Math.min(...heights, ...plates);
    this.ground.place([...this.supports, ...under], floor, this.bones.drawn);
    this.look();
  }

  /** Frame the part in the pose shown, from where the reader looks, and ask for a picture. */
  private look(): void {
    if (this.now === null) return;
    const direction = this.isTurned ? this.direction : directionOf(this.view, this.isLying);
    const points = this.part === 'whole' ? this.bones.corners() : this.lumbar();
    this.framing = framed(points, direction, this.camera.aspect);
    this.move(direction);
  }

  private move(direction: Direction): void {
    this.direction = direction;
    stand(this.camera, this.framing, direction, this.near);
    this.controls.target.copy(this.framing.target);
    this.controls.update();
    this.redraw();
  }

  /** From below the hips to the middle of the rib cage, in lengths of the lumbar spine. */
  private lumbar(): Vector3[] {
    const at = (body: string) =>
      new Vector3().setFromMatrixPosition(this.matrices[this.person.bodies.indexOf(body)]);
    const [pelvis, chest, right, left] = ['pelvis', 'thorax', 'thigh_r', 'thigh_l'].map(at);
    const up = chest.clone().sub(pelvis);
    const side = right.clone().sub(left).multiplyScalar(0.5);
    const points: Vector3[] = [];
    for (const sign of [-1, 1]) {
      points.push(chest.clone().addScaledVector(up, 0.5).addScaledVector(side, sign));
      points.push((sign > 0 ? right : left).addScaledVector(up, -0.25).addScaledVector(side, 0.35 * sign));
      points.push(pelvis.clone().addScaledVector(up, 0.3).addScaledVector(side, 1.7 * sign));
    }
    return points;
  }

  private arrangePart(): void {
    this.bones.showArms(this.part === 'whole');
    this.bands.hide(this.part === 'whole' || this.highlighted === WALL ? null : WALL);
  }

  private redraw(): void {
    if (this.asked !== 0) return;
    this.asked = requestAnimationFrame(() => this.draw());
  }

  /** Draw now; what is drawn by the processor is drawn again, twice as fine each way, when nothing moves. */
  private draw(isFine = !this.isSlow): void {
    cancelAnimationFrame(this.asked);
    clearTimeout(this.rest);
    this.asked = 0;
    if (this.now === null || this.host.clientWidth === 0) return;
    if (this.isSlow && this.renderer.getPixelRatio() !== (isFine ? 2 : 1)) this.renderer.setPixelRatio(isFine ? 2 : 1);
    this.renderer.render(this.scene, this.camera);
    this.host.dataset.drawn = isFine ? 'fine' : 'fast';
    if (!isFine) this.rest = window.setTimeout(() => this.draw(true), REST_MS);
  }

  private steer(): void {
    const { controls, renderer } = this;
    const { signal } = this.listeners;
    const canvas = renderer.domElement;
    controls.enablePan = false;
    controls.minPolarAngle = Math.PI / 2 - HIGHEST_RISE;
    controls.maxPolarAngle = Math.PI / 2 - LOWEST_RISE;
    controls.minDistance = 0.1; // m
    controls.maxDistance = 12;
    controls.addEventListener('change', () => {
      if (this.now === null) return;
      this.near = this.framing.distance / this.camera.position.distanceTo(controls.target);
      const { turn, rise } = directionFrom(this.camera, controls.target);
      if (Math.hypot(turn - this.direction.turn, rise - this.direction.rise) > 1e-3) this.isTurned = true;
      this.direction = { turn, rise };
      this.redraw();
    });
    canvas.addEventListener('webglcontextrestored', () => this.redraw(), { signal });
    addEventListener('beforeprint', () => this.draw(true), { signal });
    const on: Handled = {
      turn: (right, up) => {
        const { turn, rise } = this.direction;
        this.isTurned = true;
        this.move({ turn: turn + right, rise: Math.max(LOWEST_RISE, Math.min(HIGHEST_RISE, rise + up)) });
      },
      closer: (times) => {
        this.near = Math.max(FARTHEST, Math.min(NEAREST, this.near * times));
        this.move(this.direction);
      },
      reset: () => this.focus(this.part),
      isAsked: () => this.onPick !== null,
      point: (at) => {
        const box = canvas.getBoundingClientRect();
        this.onPick?.(at && under(at, box, this.camera, this.person, this.bones, this.bands));
      },
    };
    handle(canvas, this.host, on, signal);
  }
}
