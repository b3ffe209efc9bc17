/** Whether the web host is started after an Electron that ran for `ranMs` and ended with `code`, or by `signal`. */
export function isStillborn(ended: {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly ranMs: number
  readonly isTold: boolean
}): boolean
