// How the Demo's account is set up, beside the defaults of the simulator: other people, a policy that refuses something, logs.

import type { SimulatorOptions } from './simulator'
import { ON_CALL } from './history/owners'

/** The Demo's options. The program adds those of its command line. */
export const demoOptions = {
  hasOtherPeople: true,
  terminatingMs: 1_500,
  // A person who looks at sessions stays far below; a poller that does not wait is refused.
  describing: { rate: { perSecond: 10, burst: 40 } },
  // Everything is allowed but to end the sessions of the people on call, so that a refusal can be seen.
  policies: {
    CulvertDemo: [
      { effect: 'allow', actions: ['*'] },
      { effect: 'deny', actions: ['ssm:TerminateSession'], resources: [`arn:aws:ssm:*:*:session/${ON_CALL}-*`] },
    ],
  },
  // As at AWS, where PingStatus lags and groups replace their instances when a release is rolled out.
  groups: { replaceEveryMinutes: 60, pingLagMinutes: 2 },
  logging: { s3BucketName: 'demo-session-logs', s3KeyPrefix: 'ssm', cloudWatchLogGroupName: '/demo/sessions' },
} as const satisfies SimulatorOptions
