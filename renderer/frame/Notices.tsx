// The notices over the views: a host that is gone, an environment that is not open, and the core's notices.

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownSentence } from '../../shared/foreigntext'
import { clockWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { IconButton } from '../parts/controls/IconButton'
import { EnvironmentBanner } from './environment/Environment'

function GoneBanner({ sinceAt }: { readonly sinceAt: number }): ReactNode {
  return (
    <Banner tone="failed" title="Culvert is not running.">
      It ended at {clockWords(sinceAt)}: its forwards and terminals are down, and what this page shows is old. Start
      Culvert again, then use the page that it opens. This one comes back by itself where it can.
    </Banner>
  )
}

/** Banners in the order of their weight; nothing while all is well. */
export function Notices(): ReactNode {
  const page = usePage()
  const notices = usePageState((state) => state.snapshot?.notices) ?? []
  const goneSinceAt = usePageState((state) => state.goneSinceAt)
  return (
    <section className="notices" aria-label="Notices">
      {goneSinceAt === undefined ? <EnvironmentBanner /> : <GoneBanner sinceAt={goneSinceAt} />}
      {notices.map(({ id, tone, title, text }) => (
        <Banner
          key={id}
          tone={tone}
          title={/[.?]$/.test(title) ? title : `${title}.`}
          action={
            <IconButton
              size="small"
              icon={X}
              label={`Dismiss: ${shownSentence(title)}`}
              onClick={() => void page.ask('notice.dismiss', { noticeId: id })}
            />
          }
        >
          {text}
        </Banner>
      ))}
    </section>
  )
}
