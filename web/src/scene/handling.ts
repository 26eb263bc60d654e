/** What fingers, mouse and keys ask of the drawing. */

import { Raycaster, Vector2, type Camera } from 'three';
import type { Bands } from './bands';
import type { Bones } from './bones';
import type { Person } from './model';

const TURN = 0.12; // rad, one stroke of an arrow key
const CLOSER = 1.15; // one stroke of + or -
const TAP_PX = 6; // a finger that moves less has tapped

/** What lies under the pointer: a fascicle with its index, or a bone or disc by its name. */
export interface Picked {
  name: string;
  line: number | null;
}

/** What the drawing can do about it; angles in rad. */
export interface Handled {
  turn(right: number, up: number): void;
  closer(times: number): void;
  reset(): void;
  /** Whether anybody wants to know what lies under the pointer. */
  isAsked(): boolean;
  /** The pointer stands there, px in the window, or nowhere. */
  point(at: { clientX: number; clientY: number } | null): void;
}

/** Listen until `signal`; turning and pinching are left to three's OrbitControls, as are wheels that are let through. */
export function handle(canvas: HTMLCanvasElement, host: HTMLElement, on: Handled, signal: AbortSignal): void {
  canvas.tabIndex = 0;
  canvas.style.touchAction = 'pan-y'; // a finger that strokes up or down scrolls the page, one across turns the body
  canvas.style.outlineOffset = '-3px'; // inside the frame, which would cut it off
  // The wheel scrolls the page unless the drawing was chosen first.
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && document.activeElement !== canvas) event.stopPropagation();
  };
  host.addEventListener('wheel', wheel, { capture: true, passive: true, signal });
  canvas.addEventListener('keydown', (event) => stroke(event, on), { signal });
  let down = [0, 0];
  let waiting = 0;
  canvas.addEventListener('pointerdown', ({ clientX, clientY }) => (down = [clientX, clientY]), { signal });
  const up = (event: PointerEvent) => {
    if (Math.hypot(event.clientX - down[0], event.clientY - down[1]) < TAP_PX) on.point(event);
  };
  canvas.addEventListener('pointerup', up, { signal });
  const hover = (event: PointerEvent) => {
    if (event.pointerType !== 'mouse' || event.buttons !== 0 || waiting !== 0 || !on.isAsked()) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      on.point(event);
    });
  };
  canvas.addEventListener('pointermove', hover, { signal });
  // A finger leaves as soon as it has tapped; what it found stays told.
  const leave = (event: PointerEvent) => {
    cancelAnimationFrame(waiting);
    waiting = 0;
    if (event.pointerType === 'mouse') on.point(null);
  };
  canvas.addEventListener('pointerleave', leave, { signal });
}

function stroke(event: KeyboardEvent, on: Handled): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const strokes: Record<string, () => void> = {
    ArrowLeft: () => on.turn(-TURN, 0),
    ArrowRight: () => on.turn(TURN, 0),
    ArrowUp: () => on.turn(0, TURN),
    ArrowDown: () => on.turn(0, -TURN),
    '+': () => on.closer(CLOSER),
    '=': () => on.closer(CLOSER),
    '-': () => on.closer(1 / CLOSER),
    '0': () => on.reset(),
  };
  if (!Object.hasOwn(strokes, event.key)) return;
  strokes[event.key]();
  event.preventDefault();
}

/** The first thing that the ray through a point of the canvas meets; faint bands are looked through. */
export function under(
  point: { clientX: number; clientY: number },
  box: DOMRect,
  camera: Camera,
  person: Person,
  bones: Bones,
  bands: Bands,
): Picked | null {
  const across = (2 * (point.clientX - box.left)) / box.width - 1;
  const ray = new Raycaster();
  ray.setFromCamera(new Vector2(across, 1 - (2 * (point.clientY - box.top)) / box.height), camera);
  const shown = bones.drawn.filter(({ mesh }) => mesh.visible);
  for (const { object, faceIndex } of ray.intersectObjects([bands.mesh, ...shown.map(({ mesh }) => mesh)], false)) {
    if (faceIndex === undefined || faceIndex === null) continue;
    const bone = shown.find(({ mesh }) => mesh === object);
    if (bone) return { name: bone.nameAt(faceIndex), line: null };
    const line = bands.lineAt(faceIndex);
    if (bands.isFull(line)) return { name: person.lines[line], line };
  }
  return null;
}
