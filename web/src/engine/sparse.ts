/** A matrix of many short columns, and the symmetric systems that its columns make. */

/** Columns one after another: entries `first[i]` up to `first[i + 1]` of `row` and `value` belong to column i. */
export interface Sparse {
  rows: number;
  columns: number;
  first: Int32Array;
  row: Int32Array;
  value: Float64Array;
}

/** The entries other than 0 of a row-major matrix (rows x columns). */
export function sparse(matrix: Float64Array, rows: number, columns: number): Sparse {
  const first = new Int32Array(columns + 1);
  const count = rows * columns;
  for (let j = 0, at = 0; j < rows; j++) {
    for (let i = 1; i <= columns; i++) if (matrix[at++] !== 0) first[i]++;
  }
  for (let i = 0; i < columns; i++) first[i + 1] += first[i];
  const row = new Int32Array(first[columns]);
  const value = new Float64Array(first[columns]);
  const next = first.slice(0, columns);
  for (let at = 0, j = 0, i = 0; at < count; at++) {
    if (matrix[at] !== 0) {
      row[next[i]] = j;
      value[next[i]++] = matrix[at];
    }
    if (++i === columns) {
      i = 0;
      j++;
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
    if (amount !== 0) for (let k = first[i]; k < first[i + 1]; k++) out[row[k]] -= value[k] * amount;
  }
}

/** out (columns) = matrix' y. */
export function turnedTimes(a: Sparse, y: Float64Array, out: Float64Array): void {
  const { first, row, value, columns } = a;
  for (let i = 0, k = 0; i < columns; i++) {
    let sum = 0;
    for (const end = first[i + 1]; k < end; k++) sum += value[k] * y[row[k]];
    out[i] = sum;
  }
}

/** out (rows) = start + |matrix| |x|. */
export function plusSizes(a: Sparse, x: Float64Array, start: Float64Array, out: Float64Array): void {
  const { first, row, value, columns } = a;
  out.set(start);
  for (let i = 0; i < columns; i++) {
    const amount = Math.abs(x[i]);
    if (amount !== 0) for (let k = first[i]; k < first[i + 1]; k++) out[row[k]] += Math.abs(value[k]) * amount;
  }
}

/** Add amount a_i a_i' to the lower triangle of out (rows x rows), a_i the column i. */
export function addSquare(a: Sparse, i: number, amount: number, out: Float64Array): void {
  const { first, row, value, rows } = a;
  const begin = first[i];
  for (let k = begin; k < first[i + 1]; k++) {
    const part = amount * value[k];
    const place = row[k] * rows;
    for (let l = begin; l <= k; l++) out[place + row[l]] += part * value[l];
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
