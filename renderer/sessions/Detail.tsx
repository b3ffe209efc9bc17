// One session in full: its state, who opened it and why, what it leads to, its states with their times, and where it is logged.

import { ArrowLeftRight, CircleStop, ExternalLink, SquareTerminal, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { SessionDetail } from '../../shared/model/accountsession'
import { usePage, usePageState } from '../context'
import { bytesWords } from '../forwards/words/figures'
import { Button } from '../parts/controls/Button'
import { CopyButton } from '../parts/controls/CopyButton'
import { IconButton } from '../parts/controls/IconButton'
import { Glyph } from '../parts/Glyph'
import { Inspector } from '../parts/rows/Inspector'
import { State } from '../parts/State'
import { Fact } from '../parts/text/Fact'
import { ForeignName } from '../parts/text/Foreign'
import { endBlock } from './Row'
import { showCarrier } from './links'
import { endsWords, kindOf, momentWords, openWords, ownerName, stateWords, targetWords } from './words/states'
import { stateLines } from './words/timeline'

/** The props of a detail. */
export interface DetailProps {
  readonly session: SessionDetail
  /** Asks whether to end it. */
  readonly onEnd: () => void
  /** Returns the focus to the list. */
  readonly onClose: () => void
}

const TYPES = { shell: 'Shell', port: 'Port forwarding', ssh: 'SSH', command: 'Command' } as const
const WHOSE = {
  mine: 'Mine',
  'left-over': 'Left over: the Culvert here that opened it has ended',
  'another-computer': 'Mine, from another computer',
  others: 'Of another identity',
} as const

function Head({ session, onEnd, onClose }: DetailProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const { id, carrier } = session
  const opened = openWords(session, nowAt)
  return (
    <header>
      <h2 className="cut-off">
        <ForeignName text={targetWords(session)} />
      </h2>
      <IconButton icon={X} label="Close details" keys={['Esc']} onClick={onClose} />
      <p className="mono">
        <span>
          <ForeignName text={id} />
        </span>
        <CopyButton text={id} label="Copy id" />
      </p>
      <State words={{ ...stateWords(session), ...(opened === '–' ? {} : { detail: opened }) }} />
      <div className="actions">
        {carrier !== undefined && (
          <Button
            icon={carrier.kind === 'forward' ? ArrowLeftRight : SquareTerminal}
            onClick={() => showCarrier(page, carrier)}
          >
            {carrier.kind === 'forward' ? 'Show forward' : 'Show terminal'}
          </Button>
        )}
        {session.state !== 'terminated' && (
          <Button icon={CircleStop} reason={endBlock(session)} onClick={onEnd}>
            End session
          </Button>
        )}
      </div>
    </header>
  )
}

/** The facts that are known; the others are left out. */
function Facts({
  title,
  facts,
}: {
  readonly title: string
  readonly facts: readonly (readonly [string, string | undefined, true?])[]
}): ReactNode {
  const known = facts.flatMap(([name, value, isCopied]) =>
    value === undefined ? [] : [{ name, value, isCopied: isCopied === true }],
  )
  if (known.length === 0) return null
  return (
    <section className="part">
      <h3>{title}</h3>
      <dl className="facts">
        {known.map((fact) => (
          <Fact key={fact.name} {...fact} />
        ))}
      </dl>
    </section>
  )
}

function States({ session }: { readonly session: SessionDetail }): ReactNode {
  const nowAt = usePageState((state) => state.nowAt)
  const lines = stateLines(session, nowAt)
  if (lines.length === 0) return null
  return (
    <section className="part">
      <h3>States</h3>
      <ol className="timeline states">
        {lines.map(({ words, at, time, span }) => (
          <li key={`${words.word} ${at}`}>
            <time className="mono" dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
              {time}
            </time>
            <Glyph tone={words.tone} />
            <div>
              <b>{words.word}</b> {span !== undefined && <span className="faint number">{span}</span>}
            </div>
          </li>
        ))}
      </ol>
      {!session.isRecorded && (
        <p className="advice">Culvert did not open this session: AWS tells its start and its end only.</p>
      )}
    </section>
  )
}

function Logs({ logs }: { readonly logs: SessionDetail['logs'] }): ReactNode {
  const links = [
    { label: 'S3 bucket', url: logs?.s3 },
    { label: 'CloudWatch log group', url: logs?.cloudWatch },
  ].flatMap(({ label, url }) => (url?.startsWith('https://') === true ? [{ label, url }] : []))
  if (links.length === 0) return null
  return (
    <section className="part">
      <h3>Where the account logs</h3>
      <ul className="logs">
        {links.map(({ label, url }) => (
          <li key={label}>
            <a href={url} target="_blank" rel="noreferrer" title={shownName(url)}>
              {label}
              <ExternalLink size={12} strokeWidth={2} aria-hidden="true" />
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The panel of the selected session. Esc closes it; `onClose` returns the focus to the list. */
export function Detail(props: DetailProps): ReactNode {
  const { session } = props
  const nowAt = usePageState((state) => state.nowAt)
  const { id, owner, targetName, target, connectionsUsed, connectionLimit, bytesUp, bytesDown, expiresAt, place } =
    session
  const moment = (at: number | undefined): string | undefined => (at === undefined ? undefined : momentWords(at, nowAt))
  const bytes = (count: number | undefined): string | undefined => (count === undefined ? undefined : bytesWords(count))
  const used =
    connectionsUsed === undefined
      ? undefined
      : connectionLimit === undefined
        ? String(connectionsUsed)
        : `${connectionsUsed} of ${connectionLimit}`
  return (
    <Inspector shownId={id} label={`Details of session ${shownName(id)}`}>
      <Head {...props} />
      <States session={session} />
      <Facts
        title="Session"
        facts={[
          ['Type', TYPES[session.type ?? kindOf(session)]],
          ['Endpoint', session.endpoint, true],
          ['Local address', session.localAddress, true],
          ['Connections', used],
          ['In', bytes(bytesDown)],
          ['Out', bytes(bytesUp)],
          ['Started', moment(session.startAt)],
          ['Ended', moment(session.endAt)],
          ['Last used', session.state === 'terminated' ? undefined : moment(session.lastUsedAt)],
          ['Account ends it', endsWords(session, nowAt)?.text],
          ['Culvert ends it', session.state === 'terminated' ? undefined : moment(expiresAt)],
          ['Document', session.document],
          ['Access', session.accessType],
        ]}
      />
      <Facts
        title="Owner"
        facts={[
          ['Whose', WHOSE[session.holder]],
          ['Name', ownerName(owner) === owner ? undefined : ownerName(owner)],
          ['ARN', owner, true],
          ['Reason', session.reason],
        ]}
      />
      <Facts
        title="Target"
        facts={[
          ['Name', targetName],
          ['Id', target, true],
          ['Environment', place.name],
          ['Region', place.region],
        ]}
      />
      <Logs logs={session.logs} />
    </Inspector>
  )
}
