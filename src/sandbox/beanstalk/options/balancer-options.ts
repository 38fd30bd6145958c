import { BOOLEAN, rules, type OptionRule } from "./option-rule.ts";

const PORTS = { min: 1, max: 65_535 } as const;

/** Options of processes, which a `*` in the namespace names. */
const PROCESS_OPTIONS = rules(
  "aws:elasticbeanstalk:environment:process:*",
  {
    HealthCheckPath: { default: "/" },
    HealthCheckInterval: { default: "15", min: 5, max: 300 },
    HealthCheckTimeout: { default: "5", min: 1, max: 60 },
    HealthyThresholdCount: { default: "3", min: 2, max: 10 },
    UnhealthyThresholdCount: { default: "5", min: 2, max: 10 },
    MatcherHTTPCode: { default: "200", pattern: /^[2-4]\d\d(?:[-,][2-4]\d\d)*$/u },
    Port: { default: "80", ...PORTS },
    Protocol: { default: "HTTP", values: ["HTTP", "HTTPS", "TCP"] },
    DeregistrationDelay: { default: "20", min: 0, max: 3600 },
    StickinessEnabled: { default: "false", values: BOOLEAN },
    StickinessLBCookieDuration: { default: "86400", min: 1, max: 604_800 },
    StickinessType: { default: "lb_cookie" },
  },
  { scope: "v2" },
);

/** Options of load balancers, their listeners and the processes behind them. */
export const BALANCER_OPTIONS: readonly OptionRule[] = [
  ...PROCESS_OPTIONS,
  ...rules(
    "aws:elbv2:loadbalancer",
    {
      SecurityGroups: { list: true },
      ManagedSecurityGroup: {},
      IdleTimeout: { min: 1, max: 3600 },
      AccessLogsS3Enabled: { default: "false", values: BOOLEAN },
      AccessLogsS3Bucket: {},
      AccessLogsS3Prefix: {},
      SharedLoadBalancer: {},
      IpAddressType: { default: "ipv4", values: ["ipv4", "dualstack"] },
    },
    { scope: "v2" },
  ),
  ...rules(
    "aws:elbv2:listener:*",
    {
      ListenerEnabled: { default: "true", values: BOOLEAN },
      DefaultProcess: { default: "default" },
      Protocol: { default: "HTTP", values: ["HTTP", "HTTPS", "TCP"] },
      Rules: { list: true },
      SSLCertificateArns: { list: true },
      SSLPolicy: {},
    },
    { scope: "v2" },
  ),
  ...rules(
    "aws:elbv2:listenerrule:*",
    {
      HostHeaders: { list: true },
      PathPatterns: { list: true },
      Priority: { min: 1, max: 1000 },
      Process: {},
    },
    { scope: "application" },
  ),
  ...rules(
    "aws:elb:loadbalancer",
    {
      CrossZone: { default: "false", values: BOOLEAN },
      SecurityGroups: { list: true },
      ManagedSecurityGroup: {},
      LoadBalancerHTTPPort: { default: "80" },
      LoadBalancerHTTPSPort: { default: "OFF" },
      LoadBalancerPortProtocol: { default: "HTTP" },
      LoadBalancerSSLPortProtocol: { default: "HTTPS" },
      SSLCertificateId: {},
    },
    { scope: "classic" },
  ),
  ...rules(
    "aws:elb:listener:*",
    {
      ListenerProtocol: { default: "HTTP", values: ["HTTP", "HTTPS", "TCP", "SSL"], exactCase: true },
      InstancePort: { default: "80", ...PORTS },
      InstanceProtocol: { values: ["HTTP", "HTTPS", "TCP", "SSL"], exactCase: true },
      ListenerEnabled: { default: "true", values: BOOLEAN },
      PolicyNames: { list: true },
      SSLCertificateId: {},
    },
    { scope: "classic" },
  ),
  ...rules(
    "aws:elb:policies",
    {
      ConnectionDrainingEnabled: { default: "false", values: BOOLEAN },
      ConnectionDrainingTimeout: { default: "20", min: 1, max: 3600 },
      ConnectionSettingIdleTimeout: { default: "60", min: 1, max: 3600 },
      LoadBalancerPorts: { list: true },
      "Stickiness Policy": { default: "false", values: BOOLEAN },
      "Stickiness Cookie Expiration": { default: "0", min: 0, max: 1_000_000 },
    },
    { scope: "classic" },
  ),
  ...rules(
    "aws:elb:healthcheck",
    {
      HealthyThreshold: { default: "3", min: 2, max: 10 },
      Interval: { default: "10", min: 5, max: 300 },
      Timeout: { default: "5", min: 2, max: 60 },
      UnhealthyThreshold: { default: "5", min: 2, max: 10 },
    },
    { scope: "classic" },
  ),
];
