// The container of all floating parts: a landmark of its own, so that screen readers find it.

/** The container of tooltips and menus; without it (a bare test page) they are attached to the body. */
export function floats(): HTMLElement | null {
  return document.querySelector<HTMLElement>('#floats')
}
