// The handlers of the requests about the sessions of accounts.

import type { AccountSessions } from './accountsessions/accountsessions'
import type { Handlers } from './routes'
import type { ShownEnvironment } from './shown'

type SessionHandlers = Pick<Handlers, Extract<keyof Handlers, `sessions.${string}`>>

/** Makes the handlers. */
export function sessionHandlers(sessions: AccountSessions, shown: Pick<ShownEnvironment, 'view'>): SessionHandlers {
  const { lists } = sessions
  return {
    'sessions.open': ({ environments = [shown.view.ref], ...wanted }) => ({
      listId: lists.open({ environments, ...wanted }),
    }),
    'sessions.page': ({ listId, revision }) => lists.page(listId, revision),
    'sessions.older': ({ listId, sinceAt }) => {
      lists.older(listId, sinceAt)
      return null
    },
    'sessions.stop': ({ listId }) => {
      lists.stop(listId)
      return null
    },
    'sessions.close': ({ listId }) => {
      lists.close(listId)
      return null
    },
    'sessions.read': ({ environment, sessionId }) => sessions.read(environment, sessionId),
    'sessions.cancel': async ({ sessions: wanted, turnOff }) => ({ outcomes: await sessions.cancel(wanted, turnOff) }),
  }
}
