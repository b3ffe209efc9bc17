// The command that is run by the shells in a service: asked once and remembered for the service.

import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { TextField } from '../parts/controls/Field'
import { Dialog } from '../parts/floats/Dialog'
import { ForeignName } from '../parts/text/Foreign'
import { formatEcsTarget } from '../../shared/ecstarget'
import type { ContainerDialog } from '../store/containerdialog'
import { commandOf, DEFAULT_COMMAND, withCommand } from './openings'

/** The most characters that the settings keep. */
const MAX_COMMAND = 1_000

/** The dialog. "Run" remembers the command and opens a shell with it. */
export function RunDialog(props: { readonly asked: Extract<ContainerDialog, { readonly kind: 'run' }> }): ReactNode {
  const { cluster, service, container } = props.asked
  const page = usePage()
  const environment = usePageState((state) => state.snapshot?.environment)
  const environments = usePageState((state) => state.snapshot?.settings.environments) ?? {}
  const serviceId = `${cluster}/${service}`
  const [typed, setTyped] = useState(() =>
    environment === undefined ? DEFAULT_COMMAND : commandOf(environments, environment, serviceId),
  )
  const [isSaving, setSaving] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const close = (): void => page.arrange({ containerDialog: { kind: 'closed' } })
  if (environment === undefined) return null
  const command = typed.trim()
  const problem = command === '' ? 'Enter a command, such as /bin/sh.' : undefined
  const run = async (): Promise<void> => {
    if (problem !== undefined || isSaving) return input.current?.focus()
    setSaving(true)
    const changed = withCommand(environments, environment, { serviceId, command })
    if (!(await page.ask('settings.set', { environments: changed }))) return setSaving(false)
    const where = { cluster, of: { service }, ...(container === undefined ? {} : { container }) }
    close()
    page.openTarget(
      { kind: 'ecs', target: formatEcsTarget(where) },
      container === undefined ? service : `${service}/${container}`,
    )
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void run()
  }
  return (
    <Dialog
      isNarrow
      title={
        <>
          Run in <ForeignName text={container === undefined ? service : `${service}/${container}`} />
        </>
      }
      onClose={close}
      firstFocus={input}
    >
      <form noValidate onSubmit={submit}>
        <div className="body run-form">
          <TextField
            label="Command"
            problem={problem}
            hint={`Remembered for ${shownName(service)}: its shells run it from now on. CloudTrail records it.`}
            ref={input}
            isMono
            maxLength={MAX_COMMAND}
            value={typed}
            onChange={setTyped}
          />
          <div className="presets" role="group" aria-label="Usual commands">
            {['/bin/sh', '/bin/bash'].map((usual) => (
              <Button key={usual} size="small" onClick={() => setTyped(usual)}>
                <span className="mono">{usual}</span>
              </Button>
            ))}
          </div>
        </div>
        <footer>
          <Button size="large" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" size="large" variant="primary" {...(isSaving ? { reason: 'Saving.' } : {})}>
            Run
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
