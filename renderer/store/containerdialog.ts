// The dialogs about containers and ephemeral sessions, of which one is open at a time: what each of them is about.

import type { EnvironmentRef } from '../../shared/model/environment'
import type { EphemeralFields } from '../../shared/model/ephemeral'
import type { TerminalSize } from '../../shared/model/terminal'

/** Which dialog about containers is open. */
export type ContainerDialog =
  | { readonly kind: 'closed' }
  /** The command of the shells in a service. `container`: in this one, else in the first that can be reached. */
  | { readonly kind: 'run'; readonly cluster: string; readonly service: string; readonly container?: string }
  /** A new ephemeral session like the tasks of a service. The fields are filled in. */
  | { readonly kind: 'ephemeral'; readonly fields: EphemeralFields }
  /** Whether a definition of Culvert's own may be registered for the session of this terminal. */
  | { readonly kind: 'derive'; readonly terminalId: string }
  /** Whether the ended session of this pane is followed by one in another task. */
  | { readonly kind: 'again'; readonly paneKey: string; readonly service: string; readonly size: TerminalSize }
  /** The open ephemeral sessions of an environment. */
  | { readonly kind: 'sessions'; readonly environment: EnvironmentRef }
