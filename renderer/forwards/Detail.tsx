// One forward in full: its state and the cause, its path leg by leg, its figures, and its recent events.

import { Activity, Pencil, Stethoscope, Trash2, X } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { forecastLine } from '../../shared/forecast'
import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import type { Snapshot } from '../../shared/model/snapshot'
import { addressWords, clockWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Address } from '../parts/text/Address'
import { Button } from '../parts/controls/Button'
import { Command } from '../parts/text/Command'
import { CopyButton } from '../parts/controls/CopyButton'
import { Fact } from '../parts/text/Fact'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { IconButton } from '../parts/controls/IconButton'
import { State } from '../parts/State'
import { Toggle } from '../parts/controls/Toggle'
import { showSession } from '../sessions/links'
import { doctorSubject } from '../doctor/subject'
import { switchForward } from './actions'
import { bytesWords, rateWords, roundTripWords } from './words/figures'
import { checkedLegs, legsOf } from './words/legs'
import { agoWords } from './words/moments'
import { HostSet } from './HostSet'
import { Pipe } from './Pipe'
import { serviceKind } from './editor/proposals'
import { Sparkline } from './Sparkline'
import { Remedies } from './Standing'
import { Timeline } from './Timeline'
import { rowWords } from './words/row'
import { goodWords, viaLabel } from './words/via'
import { useCheck, type Check } from './editor/useCheck'

/** The props of a detail. */
export interface DetailProps {
  readonly view: ForwardView
  readonly snapshot: Snapshot
  /** Asks for confirmation before deleting the forward. */
  readonly onDelete: () => void
  /** Returns the focus to the list. */
  readonly onClose: () => void
}

function Head({ view, snapshot, check, onDelete, onClose }: DetailProps & { readonly check: Check }): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const { forward, isOn } = view
  const { id, name } = forward
  const address = addressWords(view)
  const { state, countdown, standing } = rowWords(view, viaLabel(view, snapshot), nowAt)
  return (
    <header>
      <h2 className="cut-off">
        <ForeignName text={name} />
      </h2>
      <IconButton icon={X} label="Close details" keys={['Esc']} onClick={onClose} />
      <p>
        {address === '' ? (
          <span className="faint">A free port is chosen at the first start.</span>
        ) : (
          <>
            <Address text={address} />
            <CopyButton text={address} label="Copy address" />
          </>
        )}
      </p>
      <div className="now">
        <Toggle
          isOn={isOn}
          label={`Turn ${shownName(name)} ${isOn ? 'off' : 'on'}`}
          onChange={(wish) => switchForward(page, view, wish)}
        />
        <State words={state} countdown={countdown} />
      </div>
      {standing.kind === 'words' && (
        <div className="cause-now">
          <p>
            {standing.at !== undefined && `${clockWords(standing.at)}: `}
            <ForeignSentence text={standing.sentence} />
          </p>
          {standing.command !== undefined && <Command text={standing.command} />}
          {/* The panel has its own "Check now" below. */}
          <Remedies view={view} remedies={standing.remedies.filter(({ kind }) => kind !== 'check')} />
        </div>
      )}
      <div className="actions">
        <Button icon={Activity} reason={check.reason} onClick={check.run}>
          {check.isRunning ? 'Checking' : 'Check now'}
        </Button>
        <Button icon={Pencil} onClick={() => page.changeForward(id)}>
          Edit
        </Button>
        <IconButton
          icon={Stethoscope}
          variant="secondary"
          label="Run doctor"
          onClick={() => page.askDoctor(doctorSubject(view, snapshot.targets))}
        />
        <IconButton icon={Trash2} variant="secondary" label={`Delete ${shownName(name)}`} onClick={onDelete} />
      </div>
    </header>
  )
}

function Way({ view, snapshot, check }: Pick<DetailProps, 'view' | 'snapshot'> & { readonly check: Check }): ReactNode {
  const { forward, instance } = view
  const { environment, instances } = snapshot
  const machine = instances.items.find(({ id }) => id === instance?.id)
  const region = forward.environment.kind === 'aws' ? forward.environment.region : undefined
  return (
    <section className="part" aria-busy={check.isRunning}>
      <h3>Path</h3>
      <Pipe
        local={addressWords(view) || 'a free port'}
        region={region ?? environment.region}
        instance={viaLabel(view, snapshot)}
        instanceDetail={
          goodWords(view) ??
          (machine?.agentVersion === undefined ? (instance?.id ?? '') : `agent ${machine.agentVersion}`)
        }
        host={forward.remoteHost ?? ''}
        port={String(forward.remotePort)}
        kind={serviceKind(forward.remotePort)}
        isTask={forward.target.kind === 'ecs'}
        legs={check.found === undefined ? legsOf(view) : checkedLegs(check.found)}
      />
    </section>
  )
}

/** The traffic since the forward was first up; kept until it is turned off. */
function Figures({ view }: { readonly view: ForwardView }): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const { health, state, openConnections, expiresAt, forward } = view
  if (health === undefined) return null
  const { maxConnections, document } = forward
  const forecast = forecastLine(state.kind === 'up' ? state : {}, { kind: 'tunnel', expiresAt, nowAt })
  return (
    <section className="part">
      <h3>
        Traffic
        {state.kind === 'up' && (
          <Button
            size="small"
            variant="quiet"
            onClick={() =>
              showSession(page, { kind: 'session', id: state.sessionId, environment: forward.environment })
            }
          >
            Show session
          </Button>
        )}
      </h3>
      <Sparkline history={health.history} />
      <dl className="facts figures-list">
        <Fact name="In" value={`${rateWords(health.bytesDownPerSecond)}, ${bytesWords(health.bytesDown)} total`} />
        <Fact name="Out" value={`${rateWords(health.bytesUpPerSecond)}, ${bytesWords(health.bytesUp)} total`} />
        <Fact name="Round trip" value={roundTripWords(health.roundTripMs)} />
        <Fact
          name="Connections"
          value={
            maxConnections === undefined ? `${openConnections} open` : `${openConnections} open of ${maxConnections}`
          }
        />
        <Fact
          name="Retransmitted"
          value={health.retransmissions === 1 ? '1 message' : `${health.retransmissions} messages`}
        />
        <Fact name="Sessions" value={`${health.sessionsUsed} used`} />
        {state.kind === 'up' && <Fact name="Up since" value={agoWords(state.sinceAt, nowAt)} />}
        {forecast !== '' && <Fact name="Forecast" value={forecast} />}
        {document !== undefined && <Fact name="Document" value={document.name} />}
        {state.kind === 'up' && <Fact name="Session" value={state.sessionId} isCopied />}
      </dl>
    </section>
  )
}

/** The panel of the selected forward; its React key gives each forward its own. The view around it closes it on Esc. */
export function Detail(props: DetailProps): ReactNode {
  const { view, snapshot } = props
  const panel = useRef<HTMLElement>(null)
  const check = useCheck(view)

  useEffect(() => {
    // Without room for both, CSS hides the list, and the focus in the list would be lost; the focus on a button of another
    // view is lost as well, because that view is gone. The panel takes it.
    const isListHidden = panel.current?.previousElementSibling?.getClientRects().length === 0
    // Not the panel's first button: its tooltip would consume the first Esc.
    if (isListHidden || document.activeElement === document.body) panel.current?.focus()
  }, [])

  return (
    <section
      className="inspector forward-detail"
      aria-label={`Details of ${shownName(view.forward.name)}`}
      data-region="detail"
      tabIndex={-1}
      ref={panel}
    >
      <Head {...props} check={check} />
      <Way view={view} snapshot={snapshot} check={check} />
      <HostSet view={view} snapshot={snapshot} />
      <Figures view={view} />
      <Timeline forwardId={view.forward.id} />
    </section>
  )
}
