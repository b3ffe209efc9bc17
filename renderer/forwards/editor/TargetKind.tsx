// Whether a forward targets one instance by its id, or the instance that has a given Name when the forward starts.

import type { ReactNode } from 'react'
import { shownName } from '../../../shared/foreigntext'
import type { ForwardTarget } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import { ForeignName } from '../../parts/text/Foreign'
import { Radio } from '../../parts/controls/Radio'
import { instancesOf, nameAdvice } from './choices'

/** The props of the choice. */
export interface TargetKindProps {
  readonly target: ForwardTarget
  readonly instances: readonly Instance[]
  readonly onChange: (target: ForwardTarget) => void
}

/** The choice between id and Name; renders nothing if the instance has no Name. */
export function TargetKind({ target, instances, onChange }: TargetKindProps): ReactNode {
  const advice = nameAdvice(target, instances)
  if (advice === undefined || target.kind === 'set' || target.kind === 'saved') return null
  const [bearer] = instancesOf(target, instances)
  const instanceId = target.kind === 'id' ? target.instanceId : bearer?.id
  const { name, bearerCount } = advice
  return (
    <>
      <Radio
        label="Choose the instance by"
        value={target.kind}
        options={[
          ...(instanceId === undefined
            ? []
            : [
                {
                  value: 'id' as const,
                  label: (
                    <>
                      This instance, <span className="mono">…{shownName(instanceId.slice(-4))}</span>
                    </>
                  ),
                },
              ]),
          {
            value: 'name' as const,
            label: (
              <>
                Any instance named <ForeignName text={name} />
              </>
            ),
          },
        ]}
        onChange={(kind) => {
          if (kind === 'name') onChange({ kind, name })
          else if (instanceId !== undefined) onChange({ kind, instanceId })
        }}
      />
      {target.kind === 'name' && bearerCount !== 1 && (
        <p className="hint advice">
          {bearerCount === 0
            ? 'No listed instance has this name now.'
            : `${bearerCount} instances have this name. The forward starts only while exactly one has it.`}
        </p>
      )}
    </>
  )
}
