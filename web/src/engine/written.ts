/** Numbers in sentences as the package writes them: Python's `:g` and `:.Nf`. */

/** Six significant digits without trailing zeros, as Python's `:g`. */
export function general(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const [digits, power] = x.toExponential(5).split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent > 5) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${stripped(digits)}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  return stripped(x.toFixed(5 - exponent));
}

/** So many decimals, as Python's `:.Nf`: a half goes to the even neighbour. */
export function fixed(x: number, decimals = 0): string {
  const half = Math.abs(x) * 10 ** decimals;
  if (decimals === 0 && half % 1 === 0.5) {
    const even = 2 * Math.round(half / 2);
    return `${x < 0 ? '-' : ''}${even}`;
  }
  return x.toFixed(decimals);
}

function stripped(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
