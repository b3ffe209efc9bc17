// Whether a forward targets one instance by its id, the instance that has a given Name when the forward starts, or any of the
// instances that share the Name.

import type { ReactNode } from 'react'
import { shownName } from '../../../../shared/foreigntext'
import type { ForwardTarget } from '../../../../shared/model/forward'
import type { Instance } from '../../../../shared/model/instance'
import { ForeignName } from '../../../parts/text/Foreign'
import { Radio } from '../../../parts/controls/Radio'
import { anyNamed } from '../../../targets/hosts'
import { instancesOf, nameAdvice } from './choices'

/** The props of the choice. */
export interface TargetKindProps {
  readonly target: ForwardTarget
  readonly instances: readonly Instance[]
  readonly onChange: (target: ForwardTarget) => void
}

/** The choice between id, Name and any of several; renders nothing if the instance has no Name, and for a set. */
export function TargetKind({ target, instances, onChange }: TargetKindProps): ReactNode {
  const advice = nameAdvice(target, instances)
  if (advice === undefined) return null
  const [bearer] = instancesOf(target, instances)
  const instanceId = target.kind === 'id' ? target.instanceId : bearer?.id
  const { name, bearerCount } = advice
  const isShared = bearerCount > 1
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
                      {isShared ? 'Only this one' : 'This instance'},{' '}
                      <span className="mono">…{shownName(instanceId.slice(-4))}</span>
                    </>
                  ),
                },
              ]),
          ...(isShared
            ? [
                {
                  value: 'set' as const,
                  label: (
                    <>
                      Any of the {bearerCount} named <ForeignName text={name} />
                    </>
                  ),
                },
              ]
            : []),
          // A forward on a shared Name cannot start, so the Name is not offered. A Name chosen earlier stays visible.
          ...(isShared && target.kind !== 'name'
            ? []
            : [
                {
                  value: 'name' as const,
                  label: (
                    <>
                      The instance named <ForeignName text={name} />
                    </>
                  ),
                },
              ]),
        ]}
        onChange={(kind) => {
          if (kind === 'name') onChange({ kind, name })
          else if (kind === 'set') onChange({ kind, set: anyNamed(name) })
          else if (kind === 'id' && instanceId !== undefined) onChange({ kind, instanceId })
        }}
      />
      {target.kind === 'name' && bearerCount !== 1 && (
        <p className="hint advice">
          {bearerCount === 0
            ? 'No listed instance has this name now.'
            : `${bearerCount} instances have this name: the forward cannot know which one is meant. Choose one, or any of these.`}
        </p>
      )}
    </>
  )
}
