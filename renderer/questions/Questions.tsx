// Asks for what only the person can give: the code of a second factor, the reason of sessions, a login in the browser. One question
// at a time, the oldest first.
//
// The typed text stays in its dialog until it is sent, and is forgotten when it closes. Closing dismisses the question.

import './questions.css'
import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import { MAX_REASON, reasonProblem } from '../../shared/environmentsettings'
import type { CodeAsked, ReasonAsked } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { Dialog } from '../parts/floats/Dialog'
import { Field, TextInput } from '../parts/controls/Field'
import { ForeignName } from '../parts/text/Foreign'
import { LoginDialog } from './LoginDialog'

const REFUSED = 'AWS did not accept that code. Wait for the next one and enter it.'
const INCOMPLETE = 'The code has six digits. Enter all of them.'

function CodeDialog({ question }: { readonly question: CodeAsked & { readonly id: string } }): ReactNode {
  const page = usePage()
  const input = useRef<HTMLInputElement>(null)
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState(question.isRepeated ? REFUSED : undefined)
  const dismiss = (): void => void page.ask('question.dismiss', { questionId: question.id })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (code.length === 6) void page.ask('question.answer', { questionId: question.id, text: code })
    else {
      setProblem(INCOMPLETE)
      input.current?.focus()
    }
  }
  const title = (
    <>
      Code for the profile <ForeignName text={question.profile} />
    </>
  )
  return (
    <Dialog isNarrow title={title} onClose={dismiss} firstFocus={input}>
      <form noValidate onSubmit={submit}>
        <div className="body code-form">
          <p>
            AWS wants a code for the role of this profile. The device{' '}
            <code>
              <ForeignName text={question.serial} />
            </code>{' '}
            shows it.
          </p>
          <Field label="Code of the second factor" hint="Six digits." problem={problem}>
            {(control) => (
              <TextInput
                {...control}
                ref={input}
                isMono
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={12}
                value={code}
                onChange={(text) => {
                  setCode(text.replace(/[^0-9]/g, '').slice(0, 6))
                  setProblem(undefined)
                }}
              />
            )}
          </Field>
        </div>
        <footer>
          <Button size="large" onClick={dismiss}>
            Not now
          </Button>
          <Button type="submit" size="large" variant="primary">
            Send code
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

function ReasonDialog({ question }: { readonly question: ReasonAsked & { readonly id: string } }): ReactNode {
  const page = usePage()
  const input = useRef<HTMLInputElement>(null)
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const dismiss = (): void => void page.ask('question.dismiss', { questionId: question.id })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const wrong = reasonProblem(reason)
    if (wrong === undefined) return void page.ask('question.answer', { questionId: question.id, text: reason })
    setProblem(wrong)
    input.current?.focus()
  }
  const title = (
    <>
      Reason for sessions in <ForeignName text={question.environment} /> <ForeignName text={question.region} />
    </>
  )
  return (
    <Dialog isNarrow title={title} onClose={dismiss} firstFocus={input}>
      <form noValidate onSubmit={submit}>
        <div className="body reason-form">
          <p>
            The settings of this environment require a reason. AWS keeps it in the session history, except for sessions
            in containers: Amazon ECS takes no reason, so only the history of this Culvert has it. Culvert uses it for
            every session in this environment until Culvert ends.
          </p>
          <Field label="Reason" hint="One line, such as the number of a ticket." problem={problem}>
            {(control) => (
              <TextInput
                {...control}
                ref={input}
                maxLength={MAX_REASON}
                value={reason}
                onChange={(text) => {
                  setReason(text)
                  setProblem(undefined)
                }}
              />
            )}
          </Field>
        </div>
        <footer>
          <Button size="large" onClick={dismiss}>
            Not now
          </Button>
          <Button type="submit" size="large" variant="primary">
            Start sessions
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

/** The oldest open question, in a dialog; renders nothing if there is none. */
export function Questions(): ReactNode {
  const question = usePageState((state) => state.snapshot?.questions[0])
  if (question === undefined) return null
  switch (question.kind) {
    case 'mfa':
      return <CodeDialog key={question.id} question={question} />
    case 'reason':
      return <ReasonDialog key={question.id} question={question} />
    case 'login':
      return <LoginDialog key={question.id} question={question} />
  }
}
