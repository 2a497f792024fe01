/** Binary search. */

/**
 * The first position from `from` on for which the condition no longer holds, `to` if it holds for all;
 * it must not hold again after it once did not.
 */
export function partition(from: number, to: number, holds: (at: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
