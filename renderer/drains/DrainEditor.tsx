// The dialog that creates or changes a drain: where it leads, with which secrets, and what it does while it cannot deliver.

import './drains.css'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import type { Drain, SecretPlace } from '../../shared/model/drain'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage } from '../context'
import { environmentWords } from '../forwards/listing'
import { Banner } from '../parts/Banner'
import { Segments } from '../parts/controls/Segments'
import { Toggle } from '../parts/controls/Toggle'
import { Dialog, Question } from '../parts/floats/Dialog'
import { SaveFooter } from '../parts/floats/SaveFooter'
import { ForeignName } from '../parts/text/Foreign'
import { Caution } from './Caution'
import { DestinationFields, Text } from './DestinationFields'
import { useDrainForm } from './useDrainForm'
import { KIND_HINTS, KINDS } from './words'

/** The props of the dialog. */
export interface DrainEditorProps {
  /** Undefined: a new one, of the shown environment. */
  readonly edited: Drain | undefined
  readonly snapshot: Snapshot
  readonly onClose: () => void
}

/** Where secrets are kept on this computer; undefined until the core has said so. */
function useSecretPlace(): SecretPlace | undefined {
  const page = usePage()
  const [place, setPlace] = useState<SecretPlace | undefined>(undefined)
  useEffect(() => {
    // Without an answer the hint names no place.
    page.request('drain.secretplace', {}).then(
      (answer) => setPlace(answer.place),
      () => undefined,
    )
  }, [page])
  return place
}

interface SwitchProps {
  readonly id: string
  readonly label: string
  readonly text: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

function Switch({ id, label, text, isOn, onChange }: SwitchProps): ReactNode {
  return (
    <div className="switch">
      <div>
        <label htmlFor={id}>{label}</label>
        <p>{text}</p>
      </div>
      <Toggle id={id} isOn={isOn} onChange={onChange} />
    </div>
  )
}

/** The form. */
export function DrainEditor({ edited, snapshot, onClose }: DrainEditorProps): ReactNode {
  const page = usePage()
  const environment = edited?.environment ?? snapshot.environment.ref
  const others = snapshot.drains.map(({ drain }) => drain).filter(({ id }) => id !== edited?.id)
  const state = useDrainForm(edited, environment, others)
  const place = useSecretPlace()
  const [isLeaving, setLeaving] = useState(false)
  const element = useRef<HTMLFormElement>(null)
  const nameInput = useRef<HTMLInputElement>(null)
  const { form } = state
  const submit = async (): Promise<void> => {
    const answer = await state.send()
    if (answer === undefined) return
    if ('wrong' in answer) {
      element.current?.querySelector<HTMLElement>(`[name="${answer.wrong}"]`)?.focus()
      return
    }
    page.announce(edited === undefined ? 'Drain saved.' : 'Changes saved.')
    onClose()
  }
  const send = (event: FormEvent): void => {
    event.preventDefault()
    void submit()
  }
  return (
    <Dialog
      title={
        edited === undefined ? (
          'New drain'
        ) : (
          <>
            Edit <ForeignName text={edited.name} />
          </>
        )
      }
      onClose={() => {
        if (state.isChanged) setLeaving(true)
        else onClose()
      }}
      firstFocus={nameInput}
    >
      <form noValidate ref={element} onSubmit={send}>
        <div className="body form-body drain-form">
          {state.failure !== undefined && (
            <Banner tone="failed" title="Not saved.">
              {state.failure.message}
            </Banner>
          )}
          <Caution title="Output is sent to this destination." />
          <div className="fields">
            <Text
              state={state}
              field="name"
              ref={nameInput}
              label="Name"
              hint={
                <span>
                  For the sessions of <ForeignName text={environmentWords(environment, snapshot.environment)} />.
                </span>
              }
            />
            <div className="field">
              <span className="label">Destination</span>
              <Segments
                label="Kind of destination"
                value={form.kind}
                segments={KINDS}
                onChange={(kind) => state.change({ kind })}
              />
              <div className="hint">{KIND_HINTS[form.kind]}</div>
            </div>
          </div>
          <DestinationFields state={state} stored={edited?.secrets ?? []} place={place} />
          <div className="switches">
            <Switch
              id="drain-required"
              label="Required"
              text="A terminal opens only while the destination is reached, and waits when the spool is full: no record is dropped."
              isOn={form.isRequired}
              onChange={(isRequired) => state.change({ isRequired })}
            />
            <Switch
              id="drain-raw"
              label="Raw output"
              text="Sends escape sequences too, such as colours and cursor moves. Off: text alone."
              isOn={form.isRaw}
              onChange={(isRaw) => state.change({ isRaw })}
            />
          </div>
        </div>
        <SaveFooter
          save={edited === undefined ? 'Save drain' : 'Save'}
          isSending={state.isSending}
          onCancel={onClose}
        />
      </form>
      {isLeaving && (
        <Question
          title={edited === undefined ? 'Discard this drain?' : 'Discard your changes?'}
          text={edited === undefined ? 'It is not saved yet.' : 'They are not saved yet. The drain stays as it was.'}
          confirm="Discard"
          cancel="Keep editing"
          onConfirm={onClose}
          onClose={() => setLeaving(false)}
        />
      )}
    </Dialog>
  )
}
