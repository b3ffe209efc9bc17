// One instance in the list: its state, the facts that identify it, and its most frequent actions.

import type { ReactNode } from 'react'
import { shownName, shownSentence } from '../../shared/foreigntext'
import type { Instance } from '../../shared/model/instance'
import { agentWords, connectBlock } from '../../shared/status'
import { usePage } from '../context'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { ForwardAction, OpenAction } from '../parts/rows/RowActions'

/** The props of a row. */
export interface InstanceRowProps {
  readonly instance: Instance
  /** Whether other instances share its name: then the end of its id is bold. */
  readonly isNameShared: boolean
  /** The tag of the "environment" column; undefined: the column does not exist. */
  readonly environmentTag: string | undefined
  /** Whether the row is in the tab order; its buttons are reached from it. */
  readonly isCurrent: boolean
  readonly nowAt: number
}

/** An id; its last four characters are bold if `isTailBold`. */
export function InstanceId({ id, isTailBold }: { readonly id: string; readonly isTailBold: boolean }): ReactNode {
  if (!isTailBold) return <ForeignName text={id} />
  return (
    <>
      {shownName(id.slice(0, -4))}
      <b>{shownName(id.slice(-4))}</b>
    </>
  )
}

/** The cells of an instance's row; the grid owns the row itself. */
export function InstanceCells(props: InstanceRowProps): ReactNode {
  const { instance, isNameShared, environmentTag, isCurrent, nowAt } = props
  const page = usePage()
  const words = agentWords(instance, nowAt)
  const block = connectBlock(instance, nowAt)
  const label = shownName(instance.name === '' ? instance.id : instance.name)
  const tabIndex = isCurrent ? 0 : -1
  return (
    <>
      <span className="name" role="rowheader" title={`${label}: ${shownSentence(words.word)}`}>
        <Glyph tone={words.tone} />
        <span className="cut-off">
          {instance.name === '' ? <span className="faint">no name</span> : <ForeignName text={instance.name} />}
        </span>
        {isNameShared && <span className="tail mono">…{shownName(instance.id.slice(-4))}</span>}
      </span>
      {environmentTag !== undefined && (
        <span className="env cut-off" role="gridcell">
          <ForeignName text={instance.tags[environmentTag] ?? '–'} />
        </span>
      )}
      <span className="id mono cut-off" role="gridcell">
        <InstanceId id={instance.id} isTailBold={isNameShared} />
      </span>
      <span className="where cut-off" role="gridcell">
        <span className={`word ${words.tone}`}>
          <ForeignSentence text={words.word} />
        </span>
        {words.detail !== undefined && <span className="faint"> {words.detail}</span>}
      </span>
      <span className="ip mono cut-off" role="gridcell">
        <ForeignName text={instance.privateIp ?? '–'} />
      </span>
      <span className="version mono cut-off" role="gridcell">
        <ForeignName text={instance.agentVersion ?? '–'} />
      </span>
      {/* A click on a disabled button selects the row: the detail shows why. */}
      <span className="actions" role="gridcell">
        <OpenAction
          verb="Connect"
          label={`Connect to ${label}`}
          tabIndex={tabIndex}
          reason={block}
          onPress={() => page.openTab(instance.id)}
        />
        <ForwardAction
          label={`New forward to ${label}`}
          tabIndex={tabIndex}
          reason={block}
          onPress={() => page.editForward({ kind: 'id', instanceId: instance.id })}
        />
      </span>
    </>
  )
}
