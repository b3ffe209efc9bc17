// The lines of the "Ephemeral sessions" section: how long a container outlives its connection, and the defaults of the shown environment.

import type { ReactNode } from 'react'
import {
  EPHEMERAL_LIMIT,
  EPHEMERAL_MINUTES,
  environmentId,
  settingsOf,
  withSettings,
} from '../../shared/environmentsettings'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage } from '../context'
import { minutesText } from '../forwards/editor/limits'
import { limitProblem, readDays, ttlProblem } from './ephemeralwords'
import { NumberLine } from './NumberLine'
import { TextLine } from './TextLine'

/** The lines of the section. */
export function Ephemeral({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const page = usePage()
  const { environment, settings } = snapshot
  const { name, region } = environment
  const own = settingsOf(settings.environments, name, region)
  const id = environmentId(name, region)
  const save = (change: Parameters<typeof withSettings>[2]): void =>
    void page.ask('settings.set', { environments: withSettings(settings.environments, id, change) })
  const { ephemeralMinutes, ephemeralLimit } = own
  return (
    <>
      <NumberLine
        name="leaseMinutes"
        title="End a container without a connection after"
        text="Also if this computer is switched off. Never sooner than a session can be resumed."
        unit="min"
        settings={settings}
      />
      {region !== '' && (
        // Another environment gets inputs of its own: a text that is half typed belongs to the one before.
        <div key={id} className="lines">
          <TextLine
            title="End an ephemeral session after"
            text={`Of this environment, used or not, such as 8 h or 2 d; 30 d at most. Empty: ${minutesText(EPHEMERAL_MINUTES)}.`}
            placeholder={minutesText(EPHEMERAL_MINUTES)}
            maxLength={40}
            saved={ephemeralMinutes === undefined ? '' : minutesText(ephemeralMinutes)}
            problemOf={ttlProblem}
            onSave={(text) => save({ ephemeralMinutes: readDays(text) })}
          />
          <TextLine
            title="Ephemeral sessions at once"
            text={`Of this environment, of all its users. Empty: ${EPHEMERAL_LIMIT}.`}
            placeholder={String(EPHEMERAL_LIMIT)}
            maxLength={3}
            saved={ephemeralLimit === undefined ? '' : String(ephemeralLimit)}
            problemOf={limitProblem}
            onSave={(text) => save({ ephemeralLimit: text === '' ? undefined : Number(text) })}
          />
        </div>
      )}
    </>
  )
}
