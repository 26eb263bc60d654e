/** Where the drawing is seen from, and how hand, mouse and keys turn it. */

import { PerspectiveCamera, Spherical, Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';

export type Focus = 'lumbar' | 'whole' | 'side' | 'front' | 'back';

/** What must be in the picture: spheres in the room [m]. */
export interface Frame {
  balls: { centre: Vector3; radius: number }[];
}

const ANGLE_DEG = 24; // of the lens, from top to bottom: little distortion
const ROOM = 1.04; // left around what is framed
const [TURN_STEP, RISE_STEP, CLOSER] = [0.12, 0.1, 1.15]; // of one key
// Direction to the eye: angle from forward (X) to the right (Z), and above the level, rad.
const DIRECTIONS: Record<Focus | 'lying', [turn: number, rise: number]> = {
  lumbar: [0.72, 0.12],
  whole: [0.72, 0.1],
  side: [Math.PI / 2, 0.03],
  front: [0, 0.03],
  back: [Math.PI, 0.06],
  lying: [1.05, 0.5],
};

/** The camera; `changed` is called when the picture must be drawn again. */
export class Eye {
  readonly camera = new PerspectiveCamera(ANGLE_DEG, 1, 0.05, 30);
  private readonly controls: OrbitControls;
  private readonly undo = new AbortController();
  private readonly changed: () => void;
  private isTurned = false; // by hand: then a new answer shifts the picture and no more
  private centre = new Vector3();

  constructor(canvas: HTMLCanvasElement, changed: () => void, reset: () => void) {
    this.changed = changed;
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enablePan = false;
    this.controls.enableDamping = false;
    this.controls.rotateSpeed = 0.8;
    this.controls.addEventListener('change', changed);
    this.controls.addEventListener('start', () => (this.isTurned = true));
    canvas.style.touchAction = 'pan-y'; // a finger along the page scrolls it
    const { signal } = this.undo;
    const wheel = (event: WheelEvent) => {
      // The page scrolls past the drawing, unless the drawing was chosen.
      if (!event.ctrlKey && document.activeElement !== canvas) event.stopImmediatePropagation();
    };
    canvas.parentElement?.addEventListener('wheel', wheel, { capture: true, signal });
    canvas.addEventListener('keydown', (event) => this.key(event, reset), { signal });
  }

  /** Look from a direction; `lying` sees a lying person from above. */
  look(focus: Focus, lying: boolean): void {
    const isThreeQuarter = focus === 'lumbar' || focus === 'whole';
    const [turn, rise] = DIRECTIONS[lying && isThreeQuarter ? 'lying' : focus];
    this.isTurned = false;
    const [level, up] = [Math.cos(rise), Math.sin(rise)];
    const away = this.camera.position.distanceTo(this.controls.target) || 1;
    const step = new Vector3(level * Math.cos(turn), up, level * Math.sin(turn)).multiplyScalar(away);
    this.camera.position.copy(this.controls.target).add(step);
  }

  /** Bring a frame into the picture: fitted, or only followed where the person turned or drew near by hand. */
  frame(frame: Frame): void {
    const middle = new Vector3();
    for (const { centre } of frame.balls) middle.addScaledVector(centre, 1 / frame.balls.length);
    if (this.isTurned) {
      const shift = middle.clone().sub(this.centre);
      this.controls.target.add(shift);
      this.camera.position.add(shift);
    } else this.fit(frame, middle);
    this.centre = middle;
    this.controls.update();
    this.changed();
  }

  private fit({ balls }: Frame, middle: Vector3): void {
    const facing = this.camera.position.clone().sub(this.controls.target).normalize();
    const across = new Vector3(0, 1, 0).cross(facing).normalize();
    const up = facing.clone().cross(across);
    const half = Math.tan((ANGLE_DEG * Math.PI) / 360);
    const slopes = [half * this.camera.aspect, half];
    const seen = balls.map(({ centre, radius }) => {
      const at = centre.clone().sub(middle);
      return { at: [at.dot(across), at.dot(up)], near: at.dot(facing), radius };
    });
    // The middle of what is seen, then the nearest place from which all of it is.
    const ends = (k: number) => seen.map((x) => [x.at[k] - x.radius, x.at[k] + x.radius]).flat();
    const shift = [0, 1].map((k) => 0.5 * (Math.min(...ends(k)) + Math.max(...ends(k))));
    const needed = seen.flatMap((x) =>
      [0, 1].map((k) => x.near + (Math.abs(x.at[k] - shift[k]) + x.radius * Math.hypot(1, slopes[k])) / slopes[k]),
    );
    const away = ROOM * Math.max(...needed);
    this.controls.target.copy(middle).addScaledVector(across, shift[0]).addScaledVector(up, shift[1]);
    this.camera.position.copy(this.controls.target).addScaledVector(facing, away);
  }

  private key(event: KeyboardEvent, reset: () => void): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, [number, number, number]> = {
      ArrowLeft: [-TURN_STEP, 0, 1],
      ArrowRight: [TURN_STEP, 0, 1],
      ArrowUp: [0, RISE_STEP, 1],
      ArrowDown: [0, -RISE_STEP, 1],
      '+': [0, 0, 1 / CLOSER],
      '=': [0, 0, 1 / CLOSER],
      '-': [0, 0, CLOSER],
    };
    const step = steps[event.key];
    if (step) {
      const [turn, rise, away] = step;
      const at = new Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
      at.theta -= turn;
      at.phi -= rise;
      at.radius *= away;
      this.isTurned = true;
      this.camera.position.setFromSpherical(at.makeSafe()).add(this.controls.target);
      this.controls.update();
    } else if (event.key === '0') reset();
    else return;
    event.preventDefault();
  }

  /** The shape of the picture, width / height. */
  shape(aspect: number): void {
    this.camera.aspect = aspect;
    this.camera.updateProjectionMatrix();
  }

  dispose(): void {
    this.undo.abort();
    this.controls.dispose();
  }
}
