// What a person is told where output is recorded or drained: the same words in window and command line.

/** What recordings and drains hold. Shown where one of them is switched on. */
export const CAPTURE_WARNING =
  'What a session shows may hold personal data or health data, and everything that is typed and echoed. ' +
  'Passwords that are not echoed are not in it: input itself is never kept.'

/** What a person is asked where the rule of an environment is "ask". */
export function askRecording(environment: string): string {
  return `Record this session of ${environment}? ${CAPTURE_WARNING}`
}

/** What is told while a session is recorded or drained; undefined: it is neither. */
export function captureSentence(isRecorded: boolean, drains: readonly string[]): string | undefined {
  const to = drains.length === 0 ? '' : `goes to ${drains.join(', ')}`
  if (isRecorded) return `The output of this session is recorded${to === '' ? '' : ` and ${to}`}. ${CAPTURE_WARNING}`
  return to === '' ? undefined : `The output of this session ${to}. ${CAPTURE_WARNING}`
}
