// Failed file operations in the data directory, as `data-directory` errors that name the path and what to do.
//
// Owns the sentences. The caller decides what counts as a failure: a missing file mostly does not.

import { codeOf, AppError } from '../../../shared/errors'

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space on its disk.',
  EDQUOT: 'free some space on its disk.',
  EACCES: 'give your user the right to it, or set CULVERT_DATA_DIR to another directory.',
  EPERM: 'give your user the right to it, or set CULVERT_DATA_DIR to another directory.',
  EMFILE: 'too many files are open, so close other programs and try again.',
  ENFILE: 'too many files are open, so close other programs and try again.',
}

const OTHER_ADVICE = 'move what is in the way, or set CULVERT_DATA_DIR to another directory.'

/** A `data-directory` error: `path` cannot be `what` ("read", "written", …) because of `error`. */
export function directoryError(path: string, what: string, error: unknown): AppError {
  const code = codeOf(error)
  const next = advice[code ?? ''] ?? OTHER_ADVICE
  return new AppError('data-directory', `${path} cannot be ${what} (${code ?? String(error)}): ${next}`, {
    cause: error,
  })
}
