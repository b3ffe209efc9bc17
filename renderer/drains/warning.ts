// The warning where recording or a drain is switched on.

/** What recordings and drains may hold. */
export const CAPTURE_WARNING =
  'What a terminal shows may hold personal or health data, and what is typed where the shell echoes it. A password that is not echoed is not in it.'
