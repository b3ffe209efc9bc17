// One container or one service in full: its facts, why no command can be executed and what to do, the AWS command, and the forwards
// through it.

import { ArrowLeftRight, SquareChevronRight, SquareTerminal, Timer } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { Container, ContainerService } from '../../shared/model/container'
import { spanWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { countdownWords } from '../ephemeral/words'
import { isShown } from '../forwards/listing'
import { Through } from '../forwards/Through'
import { Button } from '../parts/controls/Button'
import { CopyButton } from '../parts/controls/CopyButton'
import { IconButton } from '../parts/controls/IconButton'
import { Glyph } from '../parts/Glyph'
import { Inspector, InspectorTitle } from '../parts/rows/Inspector'
import { State } from '../parts/State'
import { Fact } from '../parts/text/Fact'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { ownerName } from '../sessions/words/states'
import { containerKey, serviceKey } from './listing'
import {
  askCommand,
  askEphemeral,
  commandOf,
  DEFAULT_COMMAND,
  onContainer,
  onService,
  openContainerShell,
  openServiceShell,
} from './openings'
import { obstaclesOf } from './reasons'
import {
  containerTarget,
  containerWords,
  execCommand,
  execWords,
  LAUNCH_WORDS,
  serviceShellBlock,
  serviceTarget,
  serviceWords,
  shellBlock,
} from './words'

/** The forwards through a container or a service. `isThrough`: whether one on this TARGET, which uses `used` now, is one of them. */
function ThroughIt(props: { readonly isThrough: (target: string, used: string | undefined) => boolean }): ReactNode {
  const environment = usePageState((state) => state.snapshot?.environment)
  if (environment === undefined) return null
  return (
    <Through
      title="Forwards through it"
      isThrough={({ forward: { target, environment: home }, instance }) =>
        target.kind === 'ecs' && isShown(home, environment) && props.isThrough(target.target, instance?.id)
      }
    />
  )
}

/** A command to copy. */
function CommandLine({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="command mono">
      <code>
        <ForeignName text={text} />
      </code>
      <CopyButton text={text} label="Copy command" />
    </div>
  )
}

function Why({ container }: { readonly container: Container }): ReactNode {
  const obstacles = obstaclesOf(container)
  if (container.exec.kind === 'ready') return null
  const { reason } = container.exec
  return (
    <section className="part">
      <h3>Why no shell can be opened</h3>
      <ul className="why">
        {obstacles.map(({ kind, title, text, advice, command }) => (
          <li key={kind}>
            <Glyph tone={kind === 'agent-pending' ? 'working' : 'failed'} />
            <b>{title}</b>
            <p>{text}</p>
            {kind === 'agent-stopped' && reason !== undefined && (
              <p>
                AWS says: <ForeignSentence text={reason} />
              </p>
            )}
            <p className="advice">{advice}</p>
            {command !== undefined && <CommandLine text={command} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The panel of the selected container. Esc closes it; `onClose` returns the focus to the list. */
export function ContainerDetail(props: { readonly container: Container; readonly onClose: () => void }): ReactNode {
  const { container, onClose } = props
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const environment = usePageState((state) => state.snapshot?.environment)
  const environments = usePageState((state) => state.snapshot?.settings.environments) ?? {}
  const { cluster, service, taskId, name, startedAt, ephemeral, image, privateIp, target } = container
  const block = shellBlock(container)
  const command =
    environment === undefined || service === undefined
      ? DEFAULT_COMMAND
      : commandOf(environments, environment, `${cluster}/${service}`)
  const aws = execCommand(container, command)
  const exec = execWords(container)
  return (
    <Inspector shownId={containerKey(container)} label={`Details of ${shownName(name)}`}>
      <header>
        <InspectorTitle name={name} onClose={onClose} />
        <p className="mono">
          <span>
            <ForeignName text={taskId} />
          </span>
          <CopyButton text={taskId} label="Copy task id" />
        </p>
        <State words={containerWords(container)} />
        <div className="actions">
          <Button
            variant="primary"
            icon={SquareTerminal}
            reason={block}
            onClick={() => openContainerShell(page, container)}
          >
            Shell
          </Button>
          <Button
            icon={SquareChevronRight}
            reason={service === undefined ? 'A command is remembered for a service, and this task has none.' : block}
            onClick={() => service !== undefined && askCommand(page, cluster, service, name)}
          >
            Run…
          </Button>
          <IconButton
            icon={ArrowLeftRight}
            variant="secondary"
            label="New forward"
            onClick={() => page.editForward(onContainer(container))}
          />
        </div>
      </header>
      {ephemeral !== undefined && (
        <section className="part">
          <h3>Ephemeral session</h3>
          <dl className="facts">
            <Fact name="Owner" value={ownerName(ephemeral.owner)} />
            {ephemeral.expiresAt !== undefined && (
              <Fact name="Ends" value={countdownWords(ephemeral.expiresAt, nowAt)} />
            )}
            <Fact name="Operation" value={ephemeral.operationId} isCopied />
          </dl>
        </section>
      )}
      <Why container={container} />
      <section className="part">
        <h3>Container</h3>
        <dl className="facts">
          <Fact name="Cluster" value={cluster} />
          <Fact name="Service" value={service ?? 'none'} />
          <Fact name="ECS Exec" value={[exec.word, exec.detail].filter(Boolean).join(' ')} />
          {startedAt !== undefined && <Fact name="Running for" value={spanWords(Math.max(0, nowAt - startedAt))} />}
          <Fact name="Launch type" value={LAUNCH_WORDS[container.launchType]} />
          <Fact name="Definition" value={container.taskDefinition} />
          {image !== undefined && <Fact name="Image" value={image} isCopied />}
          {privateIp !== undefined && <Fact name="Private address" value={privateIp} isCopied />}
          <Fact name="TARGET" value={containerTarget(container)} isCopied />
          {target !== undefined && <Fact name="At SSM" value={target} isCopied />}
        </dl>
      </section>
      {aws !== undefined && (
        <section className="part">
          <h3>With the AWS CLI</h3>
          <CommandLine text={aws} />
        </section>
      )}
      <ThroughIt isThrough={(forwardTarget, used) => forwardTarget === containerTarget(container) || used === target} />
    </Inspector>
  )
}

/** The panel of the selected service. */
export function ServiceDetail(props: { readonly service: ContainerService; readonly onClose: () => void }): ReactNode {
  const { service, onClose } = props
  const page = usePage()
  const environment = usePageState((state) => state.snapshot?.environment)
  const environments = usePageState((state) => state.snapshot?.settings.environments) ?? {}
  const all = usePageState((state) => state.snapshot?.containers.items) ?? []
  const { cluster, name, hasExec, ephemeralProblem, desired, running, pending } = service
  const containers = all.filter((each) => each.cluster === cluster && each.service === name)
  const block = serviceShellBlock(service, containers)
  const command = environment === undefined ? DEFAULT_COMMAND : commandOf(environments, environment, service.id)
  return (
    <Inspector shownId={serviceKey(service)} label={`Details of ${shownName(name)}`}>
      <header>
        <InspectorTitle name={name} onClose={onClose} />
        <p>
          <span>
            Service of the cluster <ForeignName text={cluster} />
          </span>
        </p>
        <State words={serviceWords(service)} />
        <div className="actions">
          <Button
            variant="primary"
            icon={SquareTerminal}
            reason={block}
            onClick={() => openServiceShell(page, service)}
          >
            Shell
          </Button>
          <Button icon={Timer} reason={ephemeralProblem} onClick={() => askEphemeral(page, service)}>
            Ephemeral…
          </Button>
          <IconButton
            icon={ArrowLeftRight}
            variant="secondary"
            label="New forward"
            onClick={() => page.editForward(onService(service))}
          />
        </div>
      </header>
      {block !== undefined && (
        <section className="part note">
          <Glyph tone="waiting" />
          <p>
            <ForeignSentence text={block} />
          </p>
        </section>
      )}
      {ephemeralProblem !== undefined && (
        <section className="part note">
          <Glyph tone="idle" />
          <p>
            No ephemeral session can be started like its tasks. <ForeignSentence text={ephemeralProblem} />
          </p>
        </section>
      )}
      <section className="part">
        <h3>Service</h3>
        <dl className="facts">
          <Fact name="Tasks" value={`${running} running, ${pending} starting, ${desired} wanted`} />
          <Fact name="Exec" value={hasExec ? 'on for new tasks' : 'off for new tasks'} />
          <Fact name="Launch type" value={LAUNCH_WORDS[service.launchType]} />
          <Fact name="Definition" value={service.taskDefinition} />
          <Fact name="TARGET" value={serviceTarget(service)} isCopied />
        </dl>
      </section>
      <section className="part">
        <h3>
          Shells
          <Button
            size="small"
            variant="quiet"
            icon={SquareChevronRight}
            onClick={() => askCommand(page, cluster, name)}
          >
            Run…
          </Button>
        </h3>
        <dl className="facts">
          <Fact name="Command" value={command} />
        </dl>
      </section>
      <ThroughIt
        isThrough={(target) => target === serviceTarget(service) || target.startsWith(`${serviceTarget(service)}/`)}
      />
    </Inspector>
  )
}
