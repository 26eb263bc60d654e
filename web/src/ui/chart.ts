/** A small chart over time by uPlot, in the colours of the page, with a line at the moment shown. */

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { el } from './dom';
import { number } from './numbers';

export interface Line {
  label: string;
  values: number[];
  colour: string; // the name of a custom property, --psoas
  dashed?: boolean;
}

/** A chart of lines over `time_s`; `moment` moves the line of now. Made anew where colours or lines change. */
export function timeChart(host: HTMLElement): {
  draw: (name: string, time_s: number[], lines: Line[], fromZero?: boolean) => void;
  moment: (seconds: number) => void;
  clear: () => void;
} {
  let chart: uPlot | null = null;
  let now = 0;
  const title = el('p', { class: 'chart-title' });
  const place = el('div', { class: 'chart-place', role: 'img' });
  host.append(title, place);

  const watch = new ResizeObserver(() => chart?.setSize({ width: place.clientWidth, height: 130 }));
  watch.observe(place);

  function mark(u: uPlot): void {
    const x = u.valToPos(now, 'x', true);
    u.ctx.save();
    u.ctx.strokeStyle = colour('--ink');
    u.ctx.lineWidth = devicePixelRatio;
    u.ctx.setLineDash([]);
    u.ctx.beginPath();
    u.ctx.moveTo(x, u.bbox.top);
    u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
    u.ctx.stroke();
    u.ctx.restore();
  }

  function draw(name: string, time_s: number[], lines: Line[], fromZero = false): void {
    clear();
    place.setAttribute('aria-label', name);
    title.replaceChildren(
      ...lines.map((line) => {
        const key = el('i', { class: line.dashed ? 'key dashed' : 'key' });
        key.style.setProperty('--key', `var(${line.colour})`);
        return el('span', {}, key, line.label);
      }),
    );
    const axis = {
      stroke: colour('--soft'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    chart = new uPlot(
      {
        width: Math.max(place.clientWidth, 200),
        height: 130,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false },
          ...(fromZero ? { y: { range: (_u, low, high) => [Math.min(low, 0), 1.05 * high] } } : {}),
        },
        axes: [
          { ...axis, size: 22, values: (_, marks) => marks.map((m) => `${number(m, 1)} s`) },
          { ...axis, size: 44, values: (_, marks) => marks.map((m) => number(m, Math.abs(m) < 1 && m !== 0 ? 1 : 0)) },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            stroke: colour(line.colour),
            width: 2,
            dash: line.dashed ? [4, 4] : undefined,
            points: { show: false },
          })),
        ],
        hooks: { draw: [mark] },
      },
      [time_s, ...lines.map((line) => line.values)],
      place,
    );
  }

  function clear(): void {
    chart?.destroy();
    chart = null;
  }

  return {
    draw,
    clear,
    moment(seconds) {
      now = seconds;
      chart?.redraw(false);
    },
  };
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888';
}
