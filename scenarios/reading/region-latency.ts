// Median round trips between AWS regions, in milliseconds: the cloudping figures that the libp2p network simulator carries
// (class AwsLatencies), made symmetric. Used where a scenario names two of these regions and gives no figure of its own.

const REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-west-1',
  'eu-west-2',
  'eu-central-1',
  'eu-north-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'af-south-1',
  'me-south-1',
] as const;

/** Row i: to the regions 0 .. i − 1. */
const RTT_MS: readonly (readonly number[])[] = [
  [],
  [12],
  [62, 52],
  [64, 52, 22],
  [14, 24, 79, 60],
  [114, 124, 172, 174, 125],
  [70, 79, 128, 119, 70, 176],
  [76, 86, 147, 128, 78, 186, 13],
  [92, 102, 151, 140, 92, 204, 26, 17],
  [112, 121, 174, 158, 108, 215, 42, 32, 22],
  [186, 196, 228, 218, 186, 298, 120, 111, 110, 130],
  [212, 200, 172, 162, 210, 322, 182, 171, 158, 178, 56],
  [198, 187, 138, 140, 198, 312, 256, 264, 249, 294, 146, 93],
  [146, 134, 108, 98, 144, 256, 201, 210, 223, 243, 124, 68, 106],
  [232, 242, 291, 274, 224, 342, 158, 147, 160, 178, 158, 203, 412, 356],
  [160, 170, 220, 212, 162, 272, 96, 87, 86, 105, 35, 86, 178, 162, 145],
];

/** Published median round trip between two different regions in milliseconds; null where the table has none. */
export function publishedRttMs(a: string, b: string): number | null {
  const i = REGIONS.indexOf(a as (typeof REGIONS)[number]);
  const j = REGIONS.indexOf(b as (typeof REGIONS)[number]);
  if (i < 0 || j < 0 || i === j) return null;
  return RTT_MS[Math.max(i, j)][Math.min(i, j)];
}
