/** A matrix of many short columns, and the symmetric systems that its columns make. */

/**
 * Columns one after another: entries `first[i]` up to `first[i + 1]` of `row` and `value` belong to column i, in whole
 * blocks of three rows (0, 1, 2 or 3, 4, 5 and so on), zeros among them.
 */
export interface Sparse {
  rows: number; // a multiple of three
  columns: number;
  first: Int32Array;
  row: Int32Array;
  value: Float64Array;
}

/** The blocks that are not all 0 of a row-major matrix (rows x columns). */
export function sparse(matrix: Float64Array, rows: number, columns: number): Sparse {
  if (rows % 3 !== 0) throw new Error(`${rows} rows are no whole blocks of three.`);
  const first = new Int32Array(columns + 1);
  const filled = (block: number, i: number) => {
    const at = 3 * block * columns + i;
    return matrix[at] !== 0 || matrix[at + columns] !== 0 || matrix[at + 2 * columns] !== 0;
  };
  for (let block = 0; block < rows / 3; block++) {
    for (let i = 0; i < columns; i++) if (filled(block, i)) first[i + 1] += 3;
  }
  for (let i = 0; i < columns; i++) first[i + 1] += first[i];
  const row = new Int32Array(first[columns]);
  const value = new Float64Array(first[columns]);
  const next = first.slice(0, columns);
  for (let block = 0; block < rows / 3; block++) {
    for (let i = 0; i < columns; i++) {
      if (!filled(block, i)) continue;
      for (let j = 3 * block; j < 3 * block + 3; j++) {
        row[next[i]] = j;
        value[next[i]++] = matrix[j * columns + i];
      }
    }
  }
  return { rows, columns, first, row, value };
}

/** out (rows) = start - matrix x. */
export function lessTimes(a: Sparse, x: Float64Array, start: Float64Array, out: Float64Array): void {
  const { first, row, value, columns } = a;
  out.set(start);
  for (let i = 0; i < columns; i++) {
    const amount = x[i];
    if (amount === 0) continue;
    for (let k = first[i], end = first[i + 1]; k < end; k += 3) {
      const j = row[k];
      out[j] -= value[k] * amount;
      out[j + 1] -= value[k + 1] * amount;
      out[j + 2] -= value[k + 2] * amount;
    }
  }
}

/** out (columns) = matrix' y. */
export function turnedTimes(a: Sparse, y: Float64Array, out: Float64Array): void {
  const { first, row, value, columns } = a;
  for (let i = 0, k = 0; i < columns; i++) {
    let sum = 0;
    for (const end = first[i + 1]; k < end; k += 3) {
      const j = row[k];
      sum += value[k] * y[j] + value[k + 1] * y[j + 1] + value[k + 2] * y[j + 2];
    }
    out[i] = sum;
  }
}

/** out (rows) = start + |matrix| |x|. */
export function plusSizes(a: Sparse, x: Float64Array, start: Float64Array, out: Float64Array): void {
  const { first, row, value, columns } = a;
  out.set(start);
  for (let i = 0; i < columns; i++) {
    const amount = Math.abs(x[i]);
    if (amount === 0) continue;
    for (let k = first[i], end = first[i + 1]; k < end; k += 3) {
      const j = row[k];
      out[j] += Math.abs(value[k]) * amount;
      out[j + 1] += Math.abs(value[k + 1]) * amount;
      out[j + 2] += Math.abs(value[k + 2]) * amount;
    }
  }
}

/** Sum over the entries of column i of |entry| |y|. */
export function sizeOf(a: Sparse, i: number, y: Float64Array): number {
  let size = 0;
  for (let k = a.first[i]; k < a.first[i + 1]; k++) size += Math.abs(a.value[k] * y[a.row[k]]);
  return size;
}

/** Add amount a_i a_i' to the lower blocks of out (rows x rows), a_i the column i. */
export function addSquare(a: Sparse, i: number, amount: number, out: Float64Array): void {
  const { first, row, value, rows } = a;
  const begin = first[i];
  for (let k = begin, end = first[i + 1]; k < end; k += 3) {
    const p = amount * value[k];
    const q = amount * value[k + 1];
    const r = amount * value[k + 2];
    const upper = row[k] * rows;
    const middle = upper + rows;
    const lower = middle + rows;
    for (let l = begin; l <= k; l += 3) {
      const u = value[l];
      const v = value[l + 1];
      const w = value[l + 2];
      const j = row[l];
      out[upper + j] += p * u;
      out[upper + j + 1] += p * v;
      out[upper + j + 2] += p * w;
      out[middle + j] += q * u;
      out[middle + j + 1] += q * v;
      out[middle + j + 2] += q * w;
      out[lower + j] += r * u;
      out[lower + j + 1] += r * v;
      out[lower + j + 2] += r * w;
    }
  }
}

/**
 * Write to `out` (m x m) the Cholesky factor of the lower triangle of `matrix` (m x m) with shade damping (m) added to
 * its diagonal and rows scaled by `scale` (m), which is written too, to a unit diagonal. Rows where `left` is not 0 are
 * left out. `least` is added to that diagonal: above rounding, so that no matrix is singular.
 */
export function factor(
  matrix: Float64Array,
  damping: Float64Array,
  shade: number,
  left: Int8Array,
  out: Float64Array,
  scale: Float64Array,
  least: number,
): void {
  const m = scale.length;
  for (let j = 0; j < m; j++) {
    scale[j] = left[j] !== 0 ? 0 : 1 / Math.sqrt(Math.max(matrix[j * m + j], 0) + shade * damping[j]);
  }
  for (let j = 0; j < m; j++) {
    const at = j * m;
    const unit = scale[j];
    let square = 1 + least;
    for (let i = 0; i < j; i++) {
      const other = i * m;
      let sum = matrix[at + i] * unit * scale[i];
      for (let k = 0; k < i; k++) sum -= out[at + k] * out[other + k];
      const part = sum * out[other + i];
      out[at + i] = part;
      square -= part * part;
    }
    out[at + j] = 1 / Math.sqrt(Math.max(square, least)); // the inverse of the diagonal: what `solved` needs
  }
}

/** Write y (m) of matrix y = right, for the factor of a matrix; rows left out get 0. */
export function solved(out: Float64Array, scale: Float64Array, right: Float64Array, y: Float64Array): void {
  const m = scale.length;
  for (let j = 0; j < m; j++) {
    let sum = right[j] * scale[j];
    for (let k = 0, at = j * m; k < j; k++) sum -= out[at + k] * y[k];
    y[j] = sum * out[j * m + j];
  }
  for (let j = m - 1; j >= 0; j--) {
    const part = y[j] * out[j * m + j];
    for (let k = 0, at = j * m; k < j; k++) y[k] -= out[at + k] * part;
    y[j] = part * scale[j];
  }
}
