// An Esc that closes a tooltip also closes the dialog below it.
//
// Radix gives Esc to the topmost open part alone, and a tooltip is one. A tooltip needs no key of its own: it closes with its dialog.

const passed = new WeakSet<Event>()

/** For the `onEscapeKeyDown` of a tooltip: the dialog gets the key as well. */
export function passEsc(event: KeyboardEvent): void {
  passed.add(event)
}

/** Whether a key press was an Esc that a tooltip passed on. */
export function isPassedEsc(event: Event): boolean {
  return passed.has(event)
}
