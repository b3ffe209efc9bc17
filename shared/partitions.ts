// The partitions of AWS and the host names of its services in each: the one table that knows them.
//
//   SERVICE.REGION.SUFFIX                            ssmmessages.eu-west-1.amazonaws.com
//   SERVICE-fips.REGION.SUFFIX                       ssm-fips.us-east-1.amazonaws.com
//   SERVICE[-fips].REGION.DUAL_STACK_SUFFIX          ssmmessages.eu-west-1.api.aws
//   vpce-ID[-ZONE].SERVICE[-fips].REGION.vpce.SUFFIX a VPC endpoint (PrivateLink)
//
//   oidc[-fips].REGION.SUFFIX  device.sso.REGION.SUFFIX  ID.REGION.portal.SUFFIX  NAME.awsapps.com   pages of IAM Identity Center
//
// Which regions and FIPS endpoints exist is not known here: only their names. Pure.
// Source: botocore data/partitions.json (dnsSuffix, dualStackDnsSuffix, regionRegex); AWS PrivateLink guide, "Endpoint DNS names";
// IAM Identity Center user guide, "Update firewalls and gateways to allow access to the AWS access portal".

interface Partition {
  readonly region: RegExp
  readonly suffix: string
  readonly dualStackSuffix: string
  /** The host of the console. `REGION.` goes before it in the commercial partition. Absent: not known. */
  readonly console?: string
  /** The domain of the older access portals; absent: the partition has none. */
  readonly portals?: string
}

/** The partition of all regions that no other has, newer ones too. */
const COMMERCIAL: Partition = {
  region: /./,
  suffix: 'amazonaws.com',
  dualStackSuffix: 'api.aws',
  console: 'console.aws.amazon.com',
  portals: 'awsapps.com',
}

const PARTITIONS: readonly Partition[] = [
  {
    region: /^cn-/,
    suffix: 'amazonaws.com.cn',
    dualStackSuffix: 'api.amazonwebservices.com.cn',
    console: 'console.amazonaws.cn',
    portals: 'awsapps.cn',
  },
  {
    region: /^us-gov-/,
    suffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    console: 'console.amazonaws-us-gov.com',
    portals: 'awsapps.com',
  },
  { region: /^us-isob-/, suffix: 'sc2s.sgov.gov', dualStackSuffix: 'api.aws.scloud' },
  { region: /^us-isof-/, suffix: 'csp.hci.ic.gov', dualStackSuffix: 'api.aws.hci.ic.gov' },
  { region: /^us-iso-/, suffix: 'c2s.ic.gov', dualStackSuffix: 'api.aws.ic.gov' },
  { region: /^eu-isoe-/, suffix: 'cloud.adc-e.uk', dualStackSuffix: 'api.cloud-aws.adc-e.uk' },
  { region: /^eusc-/, suffix: 'amazonaws.eu', dualStackSuffix: 'api.amazonwebservices.eu' },
]

function partitionOf(region: string): Partition {
  return PARTITIONS.find((one) => one.region.test(region)) ?? COMMERCIAL
}

function suffixesOf(region: string): readonly [string, string] {
  const { suffix, dualStackSuffix } = partitionOf(region)
  return [suffix, dualStackSuffix]
}

/** The labels of `hostname` before a suffix of the partition of `region`; undefined where it is in no such domain. */
function labelsIn(hostname: string, region: string): string | undefined {
  const suffix = suffixesOf(region).find((one) => hostname.endsWith(`.${one}`))
  return suffix === undefined ? undefined : hostname.slice(0, -suffix.length - 1)
}

/** The public host of a service: `ssmmessages.eu-west-1.amazonaws.com`. */
export function publicHost(service: string, region: string): string {
  return `${service}.${region}.${suffixesOf(region)[0]}`
}

/** The host of the AWS console for a region; undefined where it is not known. */
export function consoleHost(region: string): string | undefined {
  const partition = partitionOf(region)
  return partition === COMMERCIAL ? `${region}.${partition.console}` : partition.console
}

/**
 * Whether `hostname` (lower case, as URLs have it) is one of a service in the partition of `region`, in whatever region of it:
 * the public one, FIPS, dual-stack, or a VPC endpoint.
 */
export function isServiceHost(hostname: string, service: string, region: string): boolean {
  const labels = labelsIn(hostname, region)
  if (labels === undefined) return false
  const match = /^(vpce-[a-z0-9-]+\.)?([a-z]+)(-fips)?\.[a-z0-9-]+(\.vpce)?$/.exec(labels)
  return match !== null && match[2] === service && (match[1] === undefined) === (match[4] === undefined)
}

/** Whether `hostname` is the host of any service of AWS in `region` itself. */
export function isRegionalHost(hostname: string, region: string): boolean {
  return labelsIn(hostname, region)?.endsWith(`.${region}`) === true
}

/** Whether `hostname` names a FIPS endpoint. Regions without one have no such host. */
export function isFipsHost(hostname: string): boolean {
  return /^(vpce-[a-z0-9-]+\.)?[a-z0-9]+-fips\./.test(hostname)
}

/**
 * Whether a person may be sent to `hostname` to log in to the IAM Identity Center of `region`: its OIDC service, its device page, or
 * an access portal of the partition.
 */
export function isLoginHost(hostname: string, region: string): boolean {
  const { dualStackSuffix, portals } = partitionOf(region)
  const labels = labelsIn(hostname, region)
  if (labels !== undefined) {
    const services = [`oidc.${region}`, `oidc-fips.${region}`, `device.sso.${region}`]
    if (services.includes(labels)) return true
    const [id = '', ...rest] = labels.split('.')
    if (/^[a-z0-9-]+$/.test(id) && rest.join('.') === `${region}.portal`) return true
  }
  // Dual-stack portals are beside the APIs: ID.portal.REGION.app.aws.
  const app = dualStackSuffix.replace(/^api\./, 'app.')
  if (hostname.endsWith(`.portal.${region}.${app}`)) return true
  return portals !== undefined && hostname.endsWith(`.${portals}`)
}
