// Where what floats over the page hangs: in a landmark of its own, so that a screen reader finds it.

/** The element for tooltips and menus; without it (a bare test page) they hang from the body. */
export function floats(): HTMLElement | null {
  return document.querySelector<HTMLElement>('#floats')
}
