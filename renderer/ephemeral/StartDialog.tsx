// The dialog that starts an ephemeral session like a service's tasks: what would be started is shown while a person fills it in, and
// what a person should know before.

import './ephemeral.css'
import { ChevronsUpDown } from 'lucide-react'
import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import type { EphemeralFields, EphemeralPlan } from '../../shared/model/ephemeral'
import { usePage, usePageState } from '../context'
import { minutesText } from '../forwards/editor/limits'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { Field, TextField, type TextFieldProps } from '../parts/controls/Field'
import { Dialog } from '../parts/floats/Dialog'
import { CommandOf } from '../parts/text/Command'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { readSession, TTL_PRESETS, typedOf, type SessionField, type TypedSession } from './form'
import { OpenSessions } from './Open'
import { usePlan, type Planned } from './usePlan'
import { useSessions } from './useSessions'
import { sizeWords } from './words'

function isFull({ open, limit }: EphemeralPlan): boolean {
  return open >= limit
}

function Facts({ plan }: { readonly plan: EphemeralPlan }): ReactNode {
  const { container, taskDefinition, ttlMinutes, leaseMinutes, open, limit } = plan
  return (
    <dl className="facts plan">
      <dt>Task</dt>
      <dd>
        <span>
          <ForeignName text={taskDefinition} />, shell in <ForeignName text={container} />
        </span>
      </dd>
      <dt>Size</dt>
      <dd>{sizeWords(plan)}</dd>
      <dt>Ends</dt>
      <dd>with its tab, and after {minutesText(ttlMinutes)} at the latest</dd>
      <dt>If cut off</dt>
      <dd>{minutesText(leaseMinutes)} after the last heartbeat of this computer</dd>
      <dt>Open now</dt>
      <dd>
        {open} of {limit}
      </dd>
    </dl>
  )
}

/** Why no session can be started; renders nothing while one can. */
function Problem({ planned: { plan, error } }: { readonly planned: Planned }): ReactNode {
  const text = error?.message ?? (plan === undefined || isFull(plan) ? undefined : plan.problem)
  if (text === undefined) return null
  return (
    <Banner tone="failed" title="It cannot be started." action={<CommandOf error={error} />}>
      <ForeignSentence text={text} />
    </Banner>
  )
}

/** What would be started, and what a person should know before. */
function Plan({ plan }: { readonly plan: EphemeralPlan }): ReactNode {
  return (
    <>
      <Facts plan={plan} />
      {plan.warnings.length > 0 && (
        <ul className="warnings">
          {plan.warnings.map((warning) => (
            <li key={warning}>
              <ForeignSentence text={warning} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** What is open, where no more may be. */
function AtTheLimit({ plan }: { readonly plan: EphemeralPlan }): ReactNode {
  const environment = usePageState((state) => state.snapshot?.environment.ref)
  const sessions = useSessions(environment)
  return (
    <section className="at-limit" aria-label="Open ephemeral sessions">
      <Banner tone="waiting" title={`${plan.open} of ${plan.limit} ephemeral sessions are open.`}>
        End one to start another. AWS may take a minute to notice that one has ended.
      </Banner>
      <OpenSessions sessions={sessions} />
    </section>
  )
}

interface TextProps extends Omit<TextFieldProps, 'name' | 'problem' | 'value' | 'onChange'> {
  readonly typed: TypedSession
  readonly problems: Partial<Readonly<Record<SessionField, string>>>
  readonly field: SessionField
  readonly onChange: (change: Partial<TypedSession>) => void
}

/** A field of the form with a text. */
function Text({ typed, problems, field, onChange, ...props }: TextProps): ReactNode {
  return (
    <TextField
      {...props}
      name={field}
      problem={problems[field]}
      value={typed[field]}
      onChange={(text) => onChange({ [field]: text })}
    />
  )
}

/** The containers of the service, as far as they are listed. */
function useContainerNames({ cluster, service }: EphemeralFields): readonly string[] {
  const items = usePageState((state) => state.snapshot?.containers.items) ?? []
  return [
    ...new Set(items.filter((each) => each.cluster === cluster && each.service === service).map(({ name }) => name)),
  ]
}

/** The dialog. Starting opens a tab that shows the steps. */
export function StartDialog({ fields: wanted }: { readonly fields: EphemeralFields }): ReactNode {
  const page = usePage()
  const [typed, setTyped] = useState(() => typedOf(wanted))
  const form = useRef<HTMLFormElement>(null)
  const first = useRef<HTMLInputElement>(null)
  const names = useContainerNames(wanted)
  const reading = readSession(wanted, typed)
  const planned = usePlan(reading.kind === 'fields' ? reading.fields : undefined)
  const { plan } = planned
  const problems = reading.kind === 'refused' ? reading.problems : {}
  const close = (): void => page.arrange({ containerDialog: { kind: 'closed' } })
  const change = (part: Partial<TypedSession>): void => setTyped((before) => ({ ...before, ...part }))
  const isLimit = plan !== undefined && isFull(plan)
  const reason = isLimit
    ? 'As many are open as the environment allows.'
    : plan?.problem !== undefined || planned.error !== undefined
      ? 'It cannot be started.'
      : plan === undefined || planned.isAsking
        ? 'AWS is being asked.'
        : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    // The question inside the dialog is a React child of the form.
    if (event.target !== form.current) return
    if (reading.kind === 'refused') {
      const [wrong] = Object.keys(reading.problems)
      form.current?.querySelector<HTMLElement>(`[name="${wrong}"]`)?.focus()
      return
    }
    if (reason !== undefined) return
    close()
    page.openEphemeral(reading.fields)
  }
  const text = { typed, problems, onChange: change }
  return (
    <Dialog
      title={
        <>
          Start an ephemeral session like <ForeignName text={wanted.service} />?
        </>
      }
      onClose={close}
      firstFocus={first}
    >
      <form noValidate ref={form} onSubmit={submit}>
        <div className="body form-body ephemeral-form">
          <p className="what">
            A new task with the service’s image, role and network, which is not one of the running containers. It ends
            with its connection.
          </p>
          <Problem planned={planned} />
          {isLimit && <AtTheLimit plan={plan} />}
          <div className="fields">
            <Text
              {...text}
              field="command"
              ref={first}
              label="Command (optional)"
              isMono
              placeholder="/bin/sh"
              hint="Readable in CloudTrail: enter no secret."
            />
            {names.length > 1 && (
              <Field label="Container" hint="Its image is used for the shell.">
                {(control) => (
                  <span className="input large select">
                    <select
                      {...control}
                      value={typed.container}
                      onChange={(event) => change({ container: event.target.value })}
                    >
                      <option value="">The first essential one</option>
                      {names.map((name) => (
                        <option key={name} value={name}>
                          {name}
                        </option>
                      ))}
                    </select>
                    <ChevronsUpDown size={12} strokeWidth={2} aria-hidden="true" />
                  </span>
                )}
              </Field>
            )}
            <Text
              {...text}
              field="memory"
              label="Memory in MB (optional)"
              isMono
              placeholder="1024"
              hint="Not the app’s size. Rounded up to what the platform offers."
            />
            <div>
              <Text
                {...text}
                field="ttl"
                label="End after (optional)"
                placeholder={plan === undefined ? 'the environment’s time' : minutesText(plan.ttlMinutes)}
                hint="Whether it is used or not."
              />
              <div className="presets" role="group" aria-label="Usual times">
                {TTL_PRESETS.map(({ label, text: ttl }) => (
                  <Button key={ttl} size="small" aria-pressed={typed.ttl === ttl} onClick={() => change({ ttl })}>
                    {label}
                  </Button>
                ))}
              </div>
            </div>
            <Field
              label="Environment variables (optional)"
              hint="NAME=value, one per line. Readable by ecs:DescribeTasks and in CloudTrail: enter no secret."
              problem={problems.variables}
            >
              {(control) => (
                <textarea
                  {...control}
                  name="variables"
                  className="mono"
                  rows={2}
                  spellCheck={false}
                  value={typed.variables}
                  onChange={(event) => change({ variables: event.target.value })}
                />
              )}
            </Field>
            <Text
              {...text}
              field="reason"
              label="Reason (optional)"
              hint="Kept in the session history of this computer: ECS stores none."
            />
          </div>
          {planned.error === undefined && (
            <section className="planned" aria-label="What is started" aria-busy={planned.isAsking}>
              {plan === undefined ? (
                <p className="hint" role="status">
                  Asking AWS what would be started…
                </p>
              ) : (
                <Plan plan={plan} />
              )}
            </section>
          )}
        </div>
        <footer>
          <Button size="large" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" size="large" variant="primary" reason={reason}>
            Start session
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
