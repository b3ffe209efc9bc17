// The dialog that creates or changes a forward: its destination, its instance or set of hosts, and its local port.

import { useId, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { withoutUnseen } from '../../../shared/foreigntext'
import type { ForwardTarget, ForwardView } from '../../../shared/model/forward'
import type { Snapshot } from '../../../shared/model/snapshot'
import { usePage, usePageState } from '../../context'
import { Banner } from '../../parts/Banner'
import { Button } from '../../parts/controls/Button'
import { Dialog, Question } from '../../parts/floats/Dialog'
import { Field, TextInput } from '../../parts/controls/Field'
import { ForeignName } from '../../parts/text/Foreign'
import { Toggle } from '../../parts/controls/Toggle'
import { Keys } from '../../parts/floats/Tooltip'
import { AdvancedButton, AdvancedFields } from './AdvancedFields'
import { instancesOf, targetLabel } from './target/choices'
import { readPort, takeApart } from './destination'
import { DestinationField } from './DestinationField'
import { LimitFields, LimitsButton } from './LimitFields'
import { hostCount } from '../../targets/hosts'
import { isSameEnvironment, isShown } from '../listing'
import { LocalPortField } from './LocalPortField'
import { Pipe } from '../Pipe'
import { serviceKind } from './proposals'
import { Services } from './Services'
import { TargetField } from './target/TargetField'
import { useForm } from './useForm'

interface EditorProps {
  readonly snapshot: Snapshot
  readonly edited: ForwardView | undefined
  /** The instance that a new forward starts with. */
  readonly wanted: ForwardTarget | undefined
}

function nameHint(typed: string, isNew: boolean): ReactNode {
  const name = typed.trim()
  if (withoutUnseen(name) === name) return isNew ? 'Suggested from the destination. Type to change it.' : undefined
  return (
    <span>
      It has characters that do not show: <ForeignName text={name} />
    </span>
  )
}

function EditorDialog({ snapshot, edited, wanted }: EditorProps): ReactNode {
  const page = usePage()
  const launchId = useId()
  const limitsId = useId()
  const advancedId = useId()
  const { forwards, instances, environment } = snapshot
  const others = forwards.filter(({ forward }) => forward.id !== edited?.forward.id)
  const isElsewhere = edited !== undefined && !isShown(edited.forward.environment, environment)
  const known = isElsewhere ? [] : instances.items
  const home = edited?.forward.environment
  const region = isElsewhere
    ? home?.kind === 'aws' && home.region !== undefined
      ? home.region
      : ''
    : environment.region
  const targets = snapshot.targets.filter((saved) => isSameEnvironment(saved.environment, home, environment))
  const form = useForm({ edited, target: wanted, others, instances: known, targets })
  const { fields } = form
  const remoteNumber = readPort(fields.remotePort)
  const localNumber = readPort(fields.localPort)
  const name = useRef<HTMLInputElement>(null)
  const target = useRef<HTMLInputElement>(null)
  const remoteHost = useRef<HTMLInputElement>(null)
  const remotePort = useRef<HTMLInputElement>(null)
  const localPort = useRef<HTMLInputElement>(null)
  const expiresAfter = useRef<HTMLInputElement>(null)
  const maxConnections = useRef<HTMLInputElement>(null)
  const document = useRef<HTMLInputElement>(null)
  const parameters = useRef<HTMLInputElement>(null)
  const [isLeaving, setLeaving] = useState(false)
  const [areLimitsOpen, setLimitsOpen] = useState(fields.expiresAfter !== '' || fields.maxConnections !== '')
  const areLimitsWrong = [form.problemOf('expiresAfter'), form.problemOf('maxConnections')].some(
    (problem) => problem !== undefined,
  )
  const areLimitsShown = areLimitsOpen || areLimitsWrong
  const [isAdvancedOpen, setAdvancedOpen] = useState(fields.document !== '')
  const isAdvancedWrong = form.problemOf('document') !== undefined || form.problemOf('parameters') !== undefined
  const isAdvancedShown = isAdvancedOpen || isAdvancedWrong
  const instance = targetLabel(fields.target, known, targets)
  const machines = fields.target === undefined ? [] : instancesOf(fields.target, known, targets)
  const isSet = fields.target?.kind === 'set' || fields.target?.kind === 'saved'
  const isContainer = fields.target?.kind === 'ecs'

  const send = async (isStart: boolean): Promise<void> => {
    const wrong = await form.send(isStart)
    const inputs = {
      name,
      target,
      remoteHost,
      remotePort,
      localPort,
      expiresAfter,
      maxConnections,
      document,
      parameters,
    }
    if (wrong !== undefined) inputs[wrong].current?.focus()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void send(edited === undefined)
  }
  const sending = form.isSending ? { reason: 'Saving.' } : {}
  const leave = (): void => {
    if (form.isChanged) setLeaving(true)
    else page.closeEditor()
  }

  return (
    <Dialog
      title={
        edited === undefined ? (
          'New forward'
        ) : (
          <>
            Edit <ForeignName text={edited.forward.name} />
          </>
        )
      }
      onClose={leave}
      firstFocus={fields.target === undefined ? target : remotePort}
    >
      <form noValidate onSubmit={submit}>
        <div className="body forward-form">
          {form.failure !== undefined && (
            <Banner tone="failed" title="Not saved.">
              {form.failure.message}
            </Banner>
          )}
          <Services port={remoteNumber} onChoose={(port) => form.change({ remotePort: String(port) })} />
          <div className="fields">
            <Field label="Name" hint={nameHint(fields.name, edited === undefined)} problem={form.problemOf('name')}>
              {(control) => (
                <TextInput
                  {...control}
                  ref={name}
                  value={fields.name}
                  onChange={(text) => form.change({ name: text })}
                />
              )}
            </Field>
            <TargetField
              form={form}
              input={target}
              environment={environment}
              elsewhere={isElsewhere ? edited : undefined}
              known={known}
              targets={targets}
            />
            <DestinationField
              form={form}
              instance={isSet ? 'the chosen host' : isContainer ? 'the task' : instance}
              noun={isContainer ? 'task' : 'instance'}
              hostInput={remoteHost}
              portInput={remotePort}
            />
            <LocalPortField
              input={localPort}
              value={fields.localPort}
              remotePort={fields.remotePort}
              problem={form.problemOf('localPort')}
              isProposed={form.isPortProposed}
              others={others}
              ownPort={edited?.localPort ?? 0}
              onChange={(text) => form.change({ localPort: text })}
            />
          </div>
          <Pipe
            local={localNumber === undefined ? 'a free port' : `localhost:${localNumber}`}
            region={region}
            instance={instance}
            instanceDetail={
              isSet
                ? machines.length === 0
                  ? 'no host now'
                  : `one of ${hostCount(machines.length)}`
                : isContainer
                  ? 'task of ECS'
                  : machines[0] === undefined
                    ? ''
                    : `…${machines[0].id.slice(-4)}`
            }
            host={takeApart(fields.remoteHost).host}
            port={remoteNumber === undefined ? '' : String(remoteNumber)}
            kind={serviceKind(remoteNumber)}
            isTask={isContainer}
          />
          <div className="launch">
            <Toggle
              id={launchId}
              isOn={fields.startAtLaunch}
              onChange={(startAtLaunch) => form.change({ startAtLaunch })}
            />
            <label htmlFor={launchId}>Start at launch</label>
            <LimitsButton
              form={form}
              isOpen={areLimitsShown}
              controls={limitsId}
              onToggle={() => {
                setLimitsOpen(areLimitsWrong || !areLimitsShown)
                // In a low window the fields would open below the visible part.
                requestAnimationFrame(() => expiresAfter.current?.scrollIntoView({ block: 'center' }))
              }}
            />
            <AdvancedButton
              form={form}
              isOpen={isAdvancedShown}
              controls={advancedId}
              onToggle={() => {
                setAdvancedOpen(isAdvancedWrong || !isAdvancedShown)
                requestAnimationFrame(() => document.current?.scrollIntoView({ block: 'center' }))
              }}
            />
          </div>
          {areLimitsShown && (
            <LimitFields form={form} id={limitsId} timeInput={expiresAfter} countInput={maxConnections} />
          )}
          {isAdvancedShown && (
            <AdvancedFields
              form={form}
              id={advancedId}
              environment={home}
              documentInput={document}
              parametersInput={parameters}
            />
          )}
        </div>
        <footer>
          <span className="keys-hint">
            <Keys keys={['Enter']} /> {edited === undefined ? 'creates and starts' : 'saves'}
          </span>
          <Button size="large" onClick={() => page.closeEditor()}>
            Cancel
          </Button>
          {edited === undefined && (
            <Button size="large" {...sending} onClick={() => void send(false)}>
              Create
            </Button>
          )}
          <Button type="submit" size="large" variant="primary" {...sending}>
            {edited === undefined ? 'Create and start' : 'Save'}
          </Button>
        </footer>
      </form>
      {isLeaving && (
        <Question
          title={edited === undefined ? 'Discard this forward?' : 'Discard your changes?'}
          text={edited === undefined ? 'It is not saved yet.' : 'They are not saved yet. The forward stays as it was.'}
          confirm="Discard"
          cancel="Keep editing"
          onConfirm={() => page.closeEditor()}
          onClose={() => setLeaving(false)}
        />
      )}
    </Dialog>
  )
}

/** The editor, while it is open. Renders nothing otherwise, or once the edited forward was deleted. */
export function ForwardEditor(): ReactNode {
  const editor = usePageState((state) => state.editor)
  const snapshot = usePageState((state) => state.snapshot)
  if (editor.kind === 'closed' || snapshot === undefined) return null
  if (editor.kind === 'new') {
    return <EditorDialog snapshot={snapshot} edited={undefined} wanted={editor.target} />
  }
  const edited = snapshot.forwards.find(({ forward }) => forward.id === editor.forwardId)
  if (edited === undefined) return null
  return <EditorDialog key={editor.forwardId} snapshot={snapshot} edited={edited} wanted={undefined} />
}
