/** Wheel, drag, pinch, hover and tap on a picture, told apart from each other. */

/** A point in pixels of the picture. */
export type Point = { x: number; y: number };

export type Gestures = {
  zoom: (factor: number, at: Point) => void;
  /** While false, a wheel that would zoom out scrolls the page instead. */
  canZoomOut: () => boolean;
  pan: (x: number, y: number) => void;
  hover: (at: Point | null) => void;
  tap: (at: Point) => void;
  /** Does a press here take hold of something, which is then dragged instead of the picture? */
  grab?: (at: Point) => boolean;
  drag?: (at: Point) => void;
};

/** A pointer that moved less than this was not dragged. */
const STILL_PX = 4;
const WHEEL_SPEED = 0.0022;

/** An attachment for the element that holds the picture. */
export function gestures(on: Gestures): (element: HTMLElement) => () => void {
  return (element) => {
    const down = new Map<number, Point>();
    let moved = 0;
    let pinchPx = 0;
    let held = false;

    const at = (event: MouseEvent): Point => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };

    const wheel = (event: WheelEvent) => {
      const line = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      const x = (event.shiftKey ? event.deltaY : event.deltaX) * line;
      const y = (event.shiftKey ? 0 : event.deltaY) * line;
      if (y > 0 && !on.canZoomOut() && x === 0) return;
      event.preventDefault();
      if (x !== 0) on.pan(-x, 0);
      // A pinch on a touchpad arrives as a small wheel with Control.
      const speed = event.ctrlKey ? 4 * WHEEL_SPEED : WHEEL_SPEED;
      if (y !== 0) on.zoom(Math.exp(-y * speed), at(event));
    };

    const press = (event: PointerEvent) => {
      if (event.button !== 0) return;
      down.set(event.pointerId, at(event));
      moved = down.size > 1 ? STILL_PX : 0;
      pinchPx = spread(down);
      held = down.size === 1 && (on.grab?.(at(event)) ?? false);
      if (!held) return;
      element.setPointerCapture(event.pointerId);
      on.hover(null);
      on.drag?.(at(event));
    };

    const move = (event: PointerEvent) => {
      // A mouse that was let go elsewhere.
      if (event.pointerType === "mouse" && event.buttons === 0 && down.delete(event.pointerId)) held = false;
      const before = down.get(event.pointerId);
      const now = at(event);
      if (!before) {
        on.hover(now);
        return;
      }
      down.set(event.pointerId, now);
      if (held) {
        on.drag?.(now);
        return;
      }
      if (down.size > 1) {
        const px = spread(down);
        if (pinchPx > 0) on.zoom(px / pinchPx, centre(down));
        pinchPx = px;
        return;
      }
      moved += Math.hypot(now.x - before.x, now.y - before.y);
      if (moved < STILL_PX) return;
      // Captured only now: a captured pointer would send its click elsewhere.
      if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
      on.hover(null);
      on.pan(now.x - before.x, now.y - before.y);
    };

    const release = (event: PointerEvent) => {
      const tapped = down.delete(event.pointerId) && moved < STILL_PX && !held;
      held = false;
      if (tapped && event.type === "pointerup") on.tap(at(event));
    };

    const leave = () => on.hover(null);

    const listeners = {
      pointerdown: press,
      pointermove: move,
      pointerup: release,
      pointercancel: release,
      pointerleave: leave,
    };
    for (const [name, listener] of Object.entries(listeners)) {
      element.addEventListener(name, listener as EventListener);
    }
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        element.removeEventListener(name, listener as EventListener);
      }
      element.removeEventListener("wheel", wheel);
    };
  };
}

function spread(points: Map<number, Point>): number {
  const [a, b] = [...points.values()];
  return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
}

function centre(points: Map<number, Point>): Point {
  const [a, b] = [...points.values()];
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0, y: 0 };
}
