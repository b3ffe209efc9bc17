// One instance in full: its properties, the reasons if it cannot be reached, and the forwards through it.

import { ArrowLeftRight, Check as CheckIcon, Info, Minus, RefreshCw, SquareTerminal, Stethoscope } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import { agentWords, connectBlock } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Through } from '../forwards/Through'
import { Button } from '../parts/controls/Button'
import { CopyButton } from '../parts/controls/CopyButton'
import { Fact } from '../parts/text/Fact'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { IconButton } from '../parts/controls/IconButton'
import { Inspector, InspectorTitle } from '../parts/rows/Inspector'
import { State } from '../parts/State'
import { anyNamed } from '../targets/hosts'
import { reasonsFor, type Check } from './reasons'
import { InstanceId } from './Row'

const PLATFORMS = { linux: 'Linux', windows: 'Windows', macos: 'macOS', unknown: 'not known' } as const

function CheckSign({ tone }: { readonly tone: Check['tone'] }): ReactNode {
  const common = { size: 14, strokeWidth: 2, 'aria-hidden': true } as const
  if (tone === 'up') return <CheckIcon className="sign up" {...common} />
  if (tone === 'idle') return <Minus className="sign idle" {...common} />
  return <Glyph tone={tone} />
}

function Why({ instance }: { readonly instance: Instance }): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const region = usePageState((state) => state.snapshot?.environment.region) ?? ''
  const isLoading = usePageState((state) => state.snapshot?.instances.state.kind === 'loading')
  const reasons = reasonsFor(instance, { nowAt, region })
  if (reasons === undefined) return null
  const { checks, advice } = reasons
  return (
    <>
      <section className="part">
        <h3>Why it cannot be reached</h3>
        <ul className="why">
          {checks.map(({ tone, title, text }) => (
            <li key={title}>
              <CheckSign tone={tone} />
              <b className={tone === 'idle' ? 'faint' : ''}>
                <ForeignSentence text={title} />
              </b>
              {text !== undefined && <p>{text}</p>}
            </li>
          ))}
        </ul>
      </section>
      <section className="part">
        <h3>What you can do</h3>
        <p className="advice">{advice.text}</p>
        {advice.command !== undefined && (
          <div className="command mono">
            <code>{advice.command}</code>
            <CopyButton text={advice.command} label="Copy command" />
          </div>
        )}
        {advice.more !== undefined && <p className="advice">{advice.more}</p>}
        <Button
          size="small"
          icon={RefreshCw}
          reason={isLoading ? 'The instances are being listed.' : undefined}
          onClick={() => void page.ask('instances.refresh', {})}
        >
          Check again
        </Button>
      </section>
    </>
  )
}

function goesThrough({ forward, instance: used }: ForwardView, instance: Instance): boolean {
  if (used !== undefined) return used.id === instance.id
  const { target } = forward
  if (target.kind === 'id') return target.instanceId === instance.id
  return target.kind === 'name' && target.name === instance.name
}

function Facts({ instance }: { readonly instance: Instance }): ReactNode {
  const { agentVersion, platform, kind, state, privateIp } = instance
  const tags = Object.entries(instance.tags).filter(([key]) => key !== 'Name')
  return (
    <>
      <section className="part">
        <h3>Instance</h3>
        <dl className="facts">
          <Fact name="Kind" value={kind === 'hybrid' ? 'Hybrid node' : 'EC2 instance'} />
          <Fact name="State" value={state} />
          <Fact name="System" value={PLATFORMS[platform]} />
          <Fact name="Agent" value={agentVersion ?? 'not known'} />
          {privateIp !== undefined && <Fact name="Private address" value={privateIp} isCopied />}
        </dl>
      </section>
      {tags.length > 0 && (
        <section className="part">
          <h3>
            Tags <span className="number">{tags.length}</span>
          </h3>
          <dl className="facts">
            {tags.map(([key, value]) => (
              <Fact key={key} name={key} value={value} />
            ))}
          </dl>
        </section>
      )}
    </>
  )
}

function Twin({ instance, twins }: { readonly instance: Instance; readonly twins: readonly Instance[] }): ReactNode {
  const page = usePage()
  const [first] = twins
  if (first === undefined) return null
  const set = { kind: 'set', set: anyNamed(instance.name) } as const
  return (
    <section className="part note">
      <Info size={14} strokeWidth={1.75} aria-hidden="true" />
      <p>
        {twins.length === 1 ? 'Another instance is named ' : `${twins.length} others are named `}
        <ForeignName text={instance.name} />, {twins.length === 1 ? '' : 'one of them '}
        <span className="mono">…{shownName(first.id.slice(-4))}</span>. A forward through this one keeps its id, so it
        cannot land on the wrong one.
        <span className="any">
          <Button size="small" onClick={() => page.openTarget(set, instance.name)}>
            Shell on any of these
          </Button>
          <Button size="small" onClick={() => page.editForward(set)}>
            Forward on any of these
          </Button>
        </span>
      </p>
    </section>
  )
}

/** The panel of the selected instance. Esc closes it; `onClose` returns the focus to the list. */
export function Detail({
  instance,
  onClose,
}: {
  readonly instance: Instance
  readonly onClose: () => void
}): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const items = usePageState((state) => state.snapshot?.instances.items) ?? []
  const { id, name } = instance
  const block = connectBlock(instance, nowAt)
  const twins = name === '' ? [] : items.filter((other) => other.name === name && other.id !== id)

  return (
    <Inspector shownId={id} label={`Details of ${shownName(name === '' ? id : name)}`}>
      <header>
        <InspectorTitle name={name === '' ? id : name} onClose={onClose} />
        <p className="mono">
          <span>
            <InstanceId id={id} isTailBold={twins.length > 0} />
          </span>
          <CopyButton text={id} label="Copy id" />
        </p>
        <State words={agentWords(instance, nowAt)} />
        <div className="actions">
          <Button variant="primary" icon={SquareTerminal} reason={block} onClick={() => page.openTab(id)}>
            Open shell
          </Button>
          <Button icon={ArrowLeftRight} reason={block} onClick={() => page.editForward({ kind: 'id', instanceId: id })}>
            New forward
          </Button>
          <IconButton
            icon={Stethoscope}
            variant="secondary"
            label="Run doctor"
            onClick={() => page.askDoctor({ name: name === '' ? id : name, target: id })}
          />
        </div>
      </header>
      <Twin instance={instance} twins={twins} />
      <Why instance={instance} />
      <Facts instance={instance} />
      <Through title="Forwards through this instance" isThrough={(view) => goesThrough(view, instance)} />
    </Inspector>
  )
}
