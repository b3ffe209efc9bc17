// Every request that a window can send to the core: one map that both ends read.
//
// The core uses the schemas and has a handler for each name (core/routes.ts); the page uses the checks of the answers.

import type * as z from 'zod'
import { MAX_REASON } from '../environmentsettings'
import type { JournalEntry } from '../model/journal'
import { containerRequests } from './containers'
import { doctorRequests } from './doctor'
import { drainRequests } from './drains'
import { environmentRequests } from './environments'
import { ephemeralRequests } from './ephemeral'
import { forwardRequests } from './forwards'
import { recordingRequests } from './recordings'
import { request } from './request'
import { sessionRequests } from './sessions'
import { isNull, recordOf, type Guard } from './shape'
import { targetRequests } from './targets'
import { terminalRequests } from './terminals'

/** The requests by name. */
export const requests = {
  ...environmentRequests,
  ...forwardRequests,
  ...targetRequests,
  ...terminalRequests,
  ...doctorRequests,
  ...sessionRequests,
  ...containerRequests,
  ...ephemeralRequests,
  ...recordingRequests,
  ...drainRequests,
  /** Journal entries, newest first: those before `beforeId`, or the newest ones. */
  'journal.list': request(
    ({ object, count, integer }) => object({ beforeId: count.exactOptional(), limit: integer(1, 500) }),
    recordOf<{ readonly entries: readonly JournalEntry[]; readonly hasMore: boolean }>({
      entries: 'list',
      hasMore: 'flag',
    }),
  ),
  'settings.set': request(({ object, settingsFields }) => object(settingsFields), isNull),
  'notice.dismiss': request(({ object, id }) => object({ noticeId: id }), isNull),
  /**
   * Answers a question: with the six digits of a code, which are not stored, or with a reason. Does nothing if the question is
   * closed. Rejects with `usage` for anything else.
   */
  'question.answer': request(({ object, id, text }) => object({ questionId: id, text: text(MAX_REASON) }), isNull),
  /** Closes a question without an answer. It is asked again when a person starts another attempt. */
  'question.dismiss': request(({ object, id }) => object({ questionId: id }), isNull),
}

/** The name of a request. */
export type RequestName = keyof typeof requests

/** The parameters of a request. */
export type RequestParameters<N extends RequestName> = z.infer<ReturnType<(typeof requests)[N]['parameters']>>

/** The answer of each request. */
export type Responses = {
  readonly [N in RequestName]: (typeof requests)[N]['answer'] extends Guard<infer A> ? A : never
}

/** Whether there is a request of this name. */
export function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requests, name)
}
