// The cells of the rows: the header of a cluster, a service with what can be done on any of its tasks, and one container.

import { Box, Boxes, ChevronDown, ChevronRight, Timer } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { Container } from '../../shared/model/container'
import { usePage } from '../context'
import { countdownWords } from '../ephemeral/words'
import { Chip } from '../parts/Chip'
import { IconButton } from '../parts/controls/IconButton'
import { Glyph } from '../parts/Glyph'
import { alone, ForwardAction, MoreActions, OpenAction, RowActions } from '../parts/rows/RowActions'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { ownerName } from '../sessions/words/states'
import { countWords, firstReady, type ContainerRow } from './listing'
import { containerEntries, serviceEntries } from './menus'
import { askEphemeral, onContainer, onService, openContainerShell, openServiceShell } from './openings'
import {
  containerLabel,
  containerWords,
  execWords,
  LAUNCH_WORDS,
  serviceShellBlock,
  serviceWords,
  shellBlock,
  shortTask,
  startedWords,
} from './words'

type RowOf<K extends ContainerRow['kind']> = Extract<ContainerRow, { readonly kind: K }>

/** The header of a cluster, or of its tasks that belong to no service. */
export function HeaderCells(props: {
  readonly row: RowOf<'cluster'> | RowOf<'others'>
  readonly columnCount: number
}): ReactNode {
  const { row, columnCount } = props
  const Chevron = row.isOpen ? ChevronDown : ChevronRight
  return (
    <span role="gridcell" aria-colspan={columnCount}>
      <button type="button" className="head" aria-expanded={row.isOpen} tabIndex={-1}>
        <Chevron size={14} strokeWidth={1.75} aria-hidden="true" />
        {row.kind === 'cluster' ? (
          <>
            <Boxes size={14} strokeWidth={1.75} aria-hidden="true" />
            <b className="cut-off">
              <ForeignName text={row.cluster} />
            </b>
            <span className="faint cut-off">{countWords(row.count, row.runningCount)}</span>
          </>
        ) : (
          <>
            <span className="of-none cut-off">Tasks of no service</span>
            <span className="faint">{row.count}</span>
          </>
        )}
      </button>
    </span>
  )
}

/** The cells of a service. */
export function ServiceCells(props: {
  readonly row: RowOf<'service'>
  readonly isCurrent: boolean
  readonly onFold: () => void
}): ReactNode {
  const { row, isCurrent, onFold } = props
  const { service, containers, isOpen } = row
  const page = usePage()
  const words = serviceWords(service)
  const name = shownName(service.name)
  const block = serviceShellBlock(service, containers)
  const tabIndex = isCurrent ? 0 : -1
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <>
      <span className="name" role="rowheader">
        <button
          type="button"
          className="fold"
          aria-expanded={isOpen}
          aria-label={`Containers of ${name}`}
          tabIndex={-1}
          onClick={alone(onFold)}
        >
          <Chevron size={14} strokeWidth={1.75} aria-hidden="true" />
        </button>
        <Glyph tone={words.tone} />
        <b className="cut-off">
          <ForeignName text={service.name} />
        </b>
      </span>
      <span className="task" role="gridcell">
        <Chip look="line">{LAUNCH_WORDS[service.launchType]}</Chip>
      </span>
      <span className="where cut-off" role="gridcell">
        <span className={`word ${words.tone}`}>{words.word}</span>
        {words.detail !== undefined && <span className="faint"> {words.detail}</span>}
      </span>
      <span className="exec cut-off" role="gridcell" aria-colspan={2}>
        {service.hasExec ? 'Exec on' : <span className="faint">Exec off</span>}
      </span>
      <span role="gridcell">
        <RowActions>
          <OpenAction
            verb="Shell"
            label={`Shell in ${name}`}
            tabIndex={tabIndex}
            reason={block}
            onPress={() => openServiceShell(page, service)}
          />
          <ForwardAction
            label={`New forward through ${name}`}
            tabIndex={tabIndex}
            onPress={() => page.editForward(onService(service))}
          />
          <IconButton
            size="small"
            className="ephemeral"
            icon={Timer}
            label={`Ephemeral session like ${name}`}
            tabIndex={tabIndex}
            reason={service.ephemeralProblem}
            onClick={() => askEphemeral(page, service)}
          />
          <MoreActions name={name} tabIndex={tabIndex} items={serviceEntries(page, service, firstReady(containers))} />
        </RowActions>
      </span>
    </>
  )
}

/** Whose ephemeral session a container is, and when it ends. */
function EphemeralChip(props: {
  readonly mark: NonNullable<Container['ephemeral']>
  readonly nowAt: number
}): ReactNode {
  const { mark, nowAt } = props
  const ends = mark.expiresAt === undefined ? '' : `, ${countdownWords(mark.expiresAt, nowAt)}`
  return (
    <Chip look="accent">
      <Timer size={12} strokeWidth={2} aria-hidden="true" />
      <span className="cut-off">
        Ephemeral of <ForeignName text={ownerName(mark.owner)} />
        {ends}
      </span>
    </Chip>
  )
}

/** The cells of a container. */
export function ContainerCells(props: {
  readonly container: Container
  readonly isCurrent: boolean
  readonly nowAt: number
}): ReactNode {
  const { container, isCurrent, nowAt } = props
  const page = usePage()
  const words = containerWords(container)
  const exec = execWords(container)
  const block = shellBlock(container)
  const label = shownName(`${containerLabel(container)}, task ${shortTask(container.taskId)}`)
  const tabIndex = isCurrent ? 0 : -1
  return (
    <>
      <span className="name" role="rowheader">
        <Glyph tone={words.tone} />
        <Box size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="cut-off">
          <ForeignName text={container.name} />
        </span>
        {/* In place of its own column, where that has no room. */}
        <span className="short-task mono faint" aria-hidden="true">
          <ForeignName text={shortTask(container.taskId)} />
        </span>
        {container.ephemeral !== undefined && <EphemeralChip mark={container.ephemeral} nowAt={nowAt} />}
      </span>
      <span className="task mono cut-off" role="gridcell">
        <ForeignName text={shortTask(container.taskId)} />
      </span>
      <span className="where cut-off" role="gridcell">
        <span className={`word ${words.tone}`}>
          <ForeignSentence text={words.word} />
        </span>
      </span>
      <span className="exec cut-off" role="gridcell">
        <span className={exec.tone === 'failed' ? 'word failed' : exec.tone === 'up' ? '' : 'faint'}>{exec.word}</span>
        {exec.detail !== undefined && <span className="faint"> {exec.detail}</span>}
      </span>
      <span className="started cut-off number" role="gridcell">
        {startedWords(container, nowAt)}
      </span>
      <span role="gridcell">
        <RowActions>
          <OpenAction
            verb="Shell"
            label={`Shell in ${label}`}
            tabIndex={tabIndex}
            reason={block}
            onPress={() => openContainerShell(page, container)}
          />
          <ForwardAction
            label={`New forward through ${label}`}
            tabIndex={tabIndex}
            reason={container.state === 'RUNNING' ? undefined : block}
            onPress={() => page.editForward(onContainer(container))}
          />
          <MoreActions name={label} tabIndex={tabIndex} items={containerEntries(page, container)} />
        </RowActions>
      </span>
    </>
  )
}
