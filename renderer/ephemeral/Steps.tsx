// The steps of the start of an ephemeral session, over the screen of its terminal until its shell is reached.

import './ephemeral.css'
import { Check, Circle } from 'lucide-react'
import type { ReactNode } from 'react'
import type { TerminalView } from '../../shared/model/terminal'
import { usePageState } from '../context'
import { Glyph } from '../parts/Glyph'
import { ForeignName } from '../parts/text/Foreign'
import { shortTask } from '../containers/words'
import { isConnected, stepLines, type StepLine } from './words'

const SAID = { done: 'done', now: 'in progress', failed: 'failed', next: 'not reached' } as const

function Sign({ state }: Pick<StepLine, 'state'>): ReactNode {
  if (state === 'now') return <Glyph tone="working" label={SAID.now} />
  if (state === 'failed') return <Glyph tone="failed" label={SAID.failed} />
  const Icon = state === 'done' ? Check : Circle
  return <Icon className={`sign ${state}`} size={14} strokeWidth={2} role="img" aria-label={SAID[state]} />
}

/** Whether the steps are shown in place of the screen: the shell was not reached, or not yet. */
export function areStepsShown(
  view: TerminalView | undefined,
): view is TerminalView & Required<Pick<TerminalView, 'ephemeral'>> {
  return view?.ephemeral !== undefined && !isConnected(view.ephemeral) && view.state.kind !== 'open'
}

/** The steps; renders nothing once the shell is reached. */
export function Steps({ view }: { readonly view: TerminalView | undefined }): ReactNode {
  const nowAt = usePageState((state) => (areStepsShown(view) && view.state.kind !== 'ended' ? state.nowAt : 0))
  if (!areStepsShown(view)) return null
  const { ephemeral, state } = view
  const endAt = state.kind === 'ended' ? { endAt: state.at } : {}
  const { cluster, service, taskId } = ephemeral
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="steps-box" tabIndex={0} role="group" aria-label="Start of the ephemeral session">
      <div>
        <div>
          <h2>
            {state.kind === 'ended' ? 'Not started' : 'Starting'}: a task like <ForeignName text={service} />
          </h2>
          <p className="faint">
            In the cluster <ForeignName text={cluster} />
            {taskId !== undefined && (
              <>
                , task <span className="mono">{shortTask(taskId)}</span>
              </>
            )}
            .
          </p>
        </div>
        <ol className="steps" aria-label="Steps">
          {stepLines(ephemeral, { nowAt, ...endAt }).map(({ step, word, state: reached, took }) => (
            <li key={step} className={reached}>
              <Sign state={reached} />
              <span>{word}</span>
              {took !== undefined && <span className="number">{took}</span>}
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}
