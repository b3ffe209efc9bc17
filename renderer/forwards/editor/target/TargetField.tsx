// The instance of a forward in its editor: the field, and below it the choices for the chosen instance or set.

import type { ReactNode, RefObject } from 'react'
import { shownName } from '../../../../shared/foreigntext'
import type { ForwardTarget, ForwardView } from '../../../../shared/model/forward'
import type { Instance } from '../../../../shared/model/instance'
import type { SavedTarget } from '../../../../shared/model/savedtarget'
import type { Snapshot } from '../../../../shared/model/snapshot'
import { agentWords } from '../../../../shared/status'
import { useListed } from '../../../containers/useWatch'
import { usePageState } from '../../../context'
import { Field } from '../../../parts/controls/Field'
import { environmentWords } from '../../listing'
import { instancesOf, targetLabel } from './choices'
import { containerHint } from './containerchoices'
import { InstanceField } from './InstanceField'
import { SetFields } from './SetFields'
import { TargetKind } from './TargetKind'
import { fillFrom, type Form } from '../useForm'

/** The props of the part. */
export interface TargetFieldProps {
  readonly form: Form
  readonly input: RefObject<HTMLInputElement | null>
  readonly environment: Snapshot['environment']
  /** The edited forward, if it is in another environment than the shown one: its instance cannot be changed now. */
  readonly elsewhere: ForwardView | undefined
  /** The listed instances of the forward's environment. */
  readonly known: readonly Instance[]
  /** The saved targets of the forward's environment. */
  readonly targets: readonly SavedTarget[]
}

const NO_CONTAINERS = { services: [], items: [] }

/** The state of the chosen instance in words; undefined for a set, and while none is chosen. */
function machineHint(target: ForwardTarget | undefined, known: readonly Instance[], nowAt: number): string | undefined {
  if (target === undefined || target.kind === 'set' || target.kind === 'saved' || target.kind === 'ecs')
    return undefined
  const [machine] = instancesOf(target, known)
  if (machine === undefined) return undefined
  const { word, detail } = agentWords(machine, nowAt)
  return [word, detail, machine.agentVersion && `agent ${machine.agentVersion}`]
    .filter((part) => part !== undefined && part !== '')
    .join(', ')
}

/** The field and the choices below it. */
export function TargetField({ form, input, environment, elsewhere, known, targets }: TargetFieldProps): ReactNode {
  const nowAt = usePageState((state) => state.nowAt)
  useListed()
  const listed = usePageState((state) => state.snapshot?.containers)
  const containers = elsewhere === undefined && listed !== undefined ? listed : NO_CONTAINERS
  const { target } = form.fields
  const choose = (chosen: ForwardTarget): void => {
    const saved = chosen.kind === 'saved' ? targets.find(({ id }) => id === chosen.targetId) : undefined
    form.change({ target: chosen, ...(saved === undefined ? {} : fillFrom(saved, form.fields)) })
  }
  return (
    <div>
      <Field
        label={target?.kind === 'ecs' ? 'Through container' : 'Through instance'}
        problem={form.problemOf('target')}
        hint={
          elsewhere === undefined
            ? target?.kind === 'ecs'
              ? containerHint(target.target, containers)
              : machineHint(target, known, nowAt)
            : `In ${shownName(environmentWords(elsewhere.forward.environment, environment))}. Switch to it to choose another instance.`
        }
      >
        {(control) =>
          elsewhere === undefined ? (
            <InstanceField
              control={control}
              input={input}
              target={target}
              instances={known}
              targets={targets}
              containers={containers}
              nowAt={nowAt}
              onChange={choose}
            />
          ) : (
            <span className="input large read-only">
              <input {...control} readOnly value={shownName(targetLabel(target, known, targets))} />
            </span>
          )
        }
      </Field>
      {elsewhere === undefined && target !== undefined && (
        <>
          <TargetKind target={target} instances={known} onChange={choose} />
          <SetFields target={target} instances={known} targets={targets} nowAt={nowAt} onChange={choose} />
        </>
      )}
    </div>
  )
}
