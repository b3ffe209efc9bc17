// The fields below a chosen set of hosts: its hosts now, how one of them is chosen, and the button that saves the set as a target.

import { Bookmark, ChevronsUpDown, Pencil } from 'lucide-react'
import { useId, useState, type ReactNode } from 'react'
import { shownName } from '../../../../shared/foreigntext'
import type { ForwardTarget } from '../../../../shared/model/forward'
import type { Instance } from '../../../../shared/model/instance'
import type { SavedTarget } from '../../../../shared/model/savedtarget'
import { instanceLabel } from '../../../../shared/status'
import { SET_CHOICES } from '../../../../shared/targetset'
import { Button } from '../../../parts/controls/Button'
import { Radio } from '../../../parts/controls/Radio'
import { ForeignName, ForeignSentence } from '../../../parts/text/Foreign'
import { CHOICE_LABELS, CHOICE_WORDS, hostsOf, previewWords } from '../../../targets/hosts'
import { TargetEditor } from '../../../targets/TargetEditor'

type SetTarget = Extract<ForwardTarget, { readonly kind: 'set' }>

/** The props of the fields. */
export interface SetFieldsProps {
  readonly target: ForwardTarget
  readonly instances: readonly Instance[]
  readonly targets: readonly SavedTarget[]
  /** Epoch ms. */
  readonly nowAt: number
  readonly onChange: (target: ForwardTarget) => void
}

/** The hosts of a set now, as a sentence that is read out when it changes. */
function SetPreview({ hosts, instances, nowAt }: { hosts: string } & Pick<SetFieldsProps, 'instances' | 'nowAt'>) {
  return (
    <p className="hint preview" role="status">
      <ForeignSentence text={previewWords(hostsOf(hosts, instances), instances, nowAt)} />
    </p>
  )
}

function NamedHost({ target, instances, onChange }: { readonly target: SetTarget } & SetFieldsProps): ReactNode {
  const id = useId()
  const { good, bad } = hostsOf(target.set.hosts, instances)
  const hosts = [...good, ...bad]
  const chosen = hosts.find((host) => host.id === target.hostId)
  const label = shownName(chosen === undefined ? (target.hostId ?? '') : instanceLabel(instances, chosen))
  return (
    <div className="named-host">
      <span className="input select">
        <select
          aria-label="Host"
          aria-describedby={id}
          value={target.hostId}
          onChange={(event) => onChange({ ...target, hostId: event.target.value })}
        >
          {chosen === undefined && <option value={target.hostId}>{label} (not in the set)</option>}
          {hosts.map((host) => (
            <option key={host.id} value={host.id}>
              {shownName(instanceLabel(instances, host))}
              {good.includes(host) ? '' : ' (not good now)'}
            </option>
          ))}
        </select>
        <ChevronsUpDown size={12} strokeWidth={2} aria-hidden="true" />
      </span>
      <p className="hint" id={id}>
        <span>
          No failover: while <ForeignName text={label} /> is not good, the forward waits for it.
        </span>
      </p>
    </div>
  )
}

function WhichHost(props: { readonly target: SetTarget } & SetFieldsProps): ReactNode {
  const { target, instances, onChange } = props
  const { good, bad } = hostsOf(target.set.hosts, instances)
  const first = good[0] ?? bad[0]
  const isNameable = first !== undefined || target.hostId !== undefined
  return (
    <>
      <Radio
        label="Which host of the set"
        value={target.hostId === undefined ? target.set.choice : 'named'}
        options={[
          ...SET_CHOICES.map((choice) => ({ value: choice, label: CHOICE_LABELS[choice] })),
          ...(isNameable ? [{ value: 'named' as const, label: 'Always the same one' }] : []),
        ]}
        onChange={(choice) => {
          if (choice !== 'named') onChange({ kind: 'set', set: { ...target.set, choice } })
          else if (first !== undefined) onChange({ ...target, hostId: first.id })
        }}
      />
      {target.hostId !== undefined && <NamedHost {...props} />}
    </>
  )
}

/** The fields; renders nothing for a single instance. */
export function SetFields(props: SetFieldsProps): ReactNode {
  const { target, instances, targets, nowAt, onChange } = props
  const [isSaving, setSaving] = useState(false)
  if (target.kind !== 'set' && target.kind !== 'saved') return null
  const saved = target.kind === 'saved' ? targets.find(({ id }) => id === target.targetId) : undefined
  const set = target.kind === 'set' ? target.set : saved?.set
  if (set === undefined) return <p className="hint advice">This target was deleted. Choose another one.</p>
  return (
    <div className="set-fields">
      <SetPreview hosts={set.hosts} instances={instances} nowAt={nowAt} />
      {target.kind === 'set' ? (
        <WhichHost {...props} target={target} />
      ) : (
        <p className="hint">
          <span>
            <span className="mono">
              <ForeignName text={set.hosts} />
            </span>
            , {CHOICE_WORDS[set.choice]}.
          </span>
        </p>
      )}
      <Button
        size="small"
        variant="quiet"
        icon={saved === undefined ? Bookmark : Pencil}
        onClick={() => setSaving(true)}
      >
        {saved === undefined ? 'Save as target' : 'Edit target'}
      </Button>
      {isSaving && (
        <TargetEditor
          edited={saved}
          set={set}
          onClose={() => setSaving(false)}
          onSaved={(targetId) => {
            if (saved === undefined) onChange({ kind: 'saved', targetId })
          }}
        />
      )}
    </div>
  )
}
