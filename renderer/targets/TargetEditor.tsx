// The dialog that creates or changes a saved target: its set of hosts, and what its sessions begin with.

import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { SET_CHOICES, setProblem, type TargetSet } from '../../shared/targetset'
import { usePage, usePageState } from '../context'
import { elsewhereWords } from '../forwards/listing'
import { minutesText, readMinutes } from '../forwards/editor/limits'
import { Banner } from '../parts/Banner'
import { TextField, type TextFieldProps } from '../parts/controls/Field'
import { Radio } from '../parts/controls/Radio'
import { Dialog, Question } from '../parts/floats/Dialog'
import { SaveFooter } from '../parts/floats/SaveFooter'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import type { TargetField } from './form'
import { CHOICE_LABELS, hostsOf, namesWords, previewWords, usersOf } from './hosts'
import { useTargetForm, type TargetForm } from './useTargetForm'

/** The props of the dialog. */
export interface TargetEditorProps {
  /** Undefined: a new one. */
  readonly edited: SavedTarget | undefined
  /** The set that a new one begins with. */
  readonly set: TargetSet | undefined
  readonly onClose: () => void
  /** Called before `onClose` once the target is saved. */
  readonly onSaved?: (targetId: string) => void
}

interface TextProps extends Omit<TextFieldProps, 'form' | 'name' | 'problem' | 'value' | 'onChange'> {
  readonly form: TargetForm
  readonly field: TargetField
}

/** A field of the form with a text. */
function Text({ form, field, ...props }: TextProps): ReactNode {
  return (
    <TextField
      {...props}
      name={field}
      problem={form.problemOf(field)}
      value={form.fields[field]}
      onChange={(text) => form.change({ [field]: text })}
    />
  )
}

/** The hosts of the typed set now; examples while no set is typed. `elsewhere`: the environment, if it is not the shown one. */
function HostsHint({
  hosts,
  elsewhere,
}: {
  readonly hosts: string
  readonly elsewhere: string | undefined
}): ReactNode {
  const instances = usePageState((state) => state.snapshot?.instances.items) ?? []
  const nowAt = usePageState((state) => state.nowAt)
  const typed = hosts.trim()
  if (typed === '' || setProblem(typed) !== undefined) {
    return (
      <>
        <span className="mono">Name=web-*</span>, <span className="mono">tag:Role=db,Env=prod</span>,{' '}
        <span className="mono">asg:GROUP</span>, or ids with commas.
      </>
    )
  }
  if (elsewhere !== undefined) {
    return (
      <>
        In <ForeignName text={elsewhere} />. Switch to it to see the hosts.
      </>
    )
  }
  return (
    <span role="status">
      <ForeignSentence text={previewWords(hostsOf(typed, instances), instances, nowAt)} />
    </span>
  )
}

/** The form in its dialog. Esc and the close button ask before they discard changes. */
export function TargetEditor({ edited, set, onClose, onSaved }: TargetEditorProps): ReactNode {
  const page = usePage()
  const targets = usePageState((state) => state.snapshot?.targets) ?? []
  const shown = usePageState((state) => state.snapshot?.environment)
  const forwards = usePageState((state) => state.snapshot?.forwards) ?? []
  const form = useTargetForm(
    edited,
    set,
    targets.filter(({ id }) => id !== edited?.id),
  )
  const element = useRef<HTMLFormElement>(null)
  const nameInput = useRef<HTMLInputElement>(null)
  const [isLeaving, setLeaving] = useState(false)
  const { fields } = form
  const users = edited === undefined ? [] : usersOf(edited.id, forwards)
  const minutes = readMinutes(fields.maxDuration)
  const elsewhere = edited === undefined || shown === undefined ? undefined : elsewhereWords(edited.environment, shown)
  const text = { form }
  const send = async (): Promise<void> => {
    const answer = await form.send()
    if (answer === undefined) return
    if ('wrong' in answer) {
      element.current?.querySelector<HTMLInputElement>(`input[name="${answer.wrong}"]`)?.focus()
      return
    }
    page.announce(edited === undefined ? 'Target saved.' : 'Changes saved.')
    onSaved?.(answer.targetId)
    onClose()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    // This dialog can be a React child of the form of a forward. React would submit that form as well.
    event.stopPropagation()
    void send()
  }
  return (
    <Dialog
      title={
        edited === undefined ? (
          'New target'
        ) : (
          <>
            Edit <ForeignName text={edited.name} />
          </>
        )
      }
      onClose={() => {
        if (form.isChanged) setLeaving(true)
        else onClose()
      }}
      firstFocus={nameInput}
    >
      <form noValidate ref={element} onSubmit={submit}>
        <div className="body form-body">
          {form.failure !== undefined && (
            <Banner tone="failed" title="Not saved.">
              {form.failure.message}
            </Banner>
          )}
          {users.length > 0 && (
            <Banner tone="idle" title={`Used by ${namesWords(users.map(({ forward }) => forward.name))}.`}>
              A change applies from the next session on.
            </Banner>
          )}
          <div className="fields">
            <Text {...text} field="name" ref={nameInput} label="Name" hint="Also the target of the command line." />
            <Text
              {...text}
              field="hosts"
              label="Set of hosts"
              isMono
              placeholder="Name=web-*"
              hint={<HostsHint hosts={fields.hosts} elsewhere={elsewhere} />}
            />
          </div>
          <div className="field">
            <span className="label">Which host</span>
            <Radio
              label="Which host of the set"
              value={fields.choice}
              options={SET_CHOICES.map((choice) => ({ value: choice, label: CHOICE_LABELS[choice] }))}
              onChange={(choice) => form.change({ choice })}
            />
          </div>
          <div className="fields">
            <Text
              {...text}
              field="port"
              label="Port (optional)"
              isMono
              placeholder="a shell"
              hint="Sessions lead to this port where no other is named. Empty: a shell."
            />
            <Text
              {...text}
              field="remoteHost"
              label="Destination host (optional)"
              isMono
              placeholder="the chosen host itself"
              hint="A host that the chosen one connects to."
            />
            <Text
              {...text}
              field="maxDuration"
              label="End sessions after (optional)"
              placeholder="45 min, 8 h"
              hint={
                minutes === undefined ? 'Empty: no limit.' : `Culvert ends a session after ${minutesText(minutes)}.`
              }
            />
            <Text
              {...text}
              field="connectionLimit"
              label="Connections at a time (optional)"
              isMono
              placeholder="no limit"
              hint="Empty: no limit."
            />
            <Text
              {...text}
              field="document"
              label="Session document (optional)"
              isMono
              placeholder="the environment’s"
              hint="Empty: the environment’s document, or AWS’s."
            />
            {fields.document.trim() !== '' && (
              <Text
                {...text}
                field="parameters"
                label="Its parameters (optional)"
                isMono
                placeholder="site=orders; zone=eu"
                hint="Those of the destination are filled in."
              />
            )}
          </div>
        </div>
        <SaveFooter
          save={edited === undefined ? 'Save target' : 'Save'}
          isSending={form.isSending}
          onCancel={onClose}
        />
      </form>
      {isLeaving && (
        <Question
          title={edited === undefined ? 'Discard this target?' : 'Discard your changes?'}
          text={edited === undefined ? 'It is not saved yet.' : 'They are not saved yet. The target stays as it was.'}
          confirm="Discard"
          cancel="Keep editing"
          onConfirm={onClose}
          onClose={() => setLeaving(false)}
        />
      )}
    </Dialog>
  )
}
