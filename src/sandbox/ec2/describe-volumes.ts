import {
  DescribeVolumes$,
  type DescribeVolumesRequest,
  type DescribeVolumesResult,
  type VolumeType,
} from "@aws-sdk/client-ec2";
import type { Operation } from "../wire/operation.ts";
import { applyFilters } from "./filter.ts";
import { page } from "./page.ts";
import { select } from "./select.ts";
import { listTags } from "./tags.ts";

/** DescribeVolumes: the root volumes of instances, which go with them. */
export const describeVolumes: Operation<DescribeVolumesRequest, DescribeVolumesResult> = {
  schema: DescribeVolumes$,
  run(region, input) {
    const { ec2 } = region;
    const volumes = [...ec2.instances.values()]
      .filter((instance) => instance.state !== "terminated")
      .map((instance) => ({
        instance,
        tags: ec2.partTags.get(instance.volumeId) ?? new Map<string, string>(),
      }));
    const asked = select("vol", new Map(volumes.map((one) => [one.instance.volumeId, one])), input.VolumeIds);
    const found = applyFilters(asked, input.Filters, {
      "volume-id": ({ instance }) => [instance.volumeId],
      "attachment.instance-id": ({ instance }) => [instance.instanceId],
      "attachment.status": () => ["attached"],
      "attachment.device": () => ["/dev/xvda"],
      "availability-zone": ({ instance }) => [instance.availabilityZone],
      "volume-type": ({ instance }) => [instance.rootVolumeType],
      size: ({ instance }) => [String(instance.rootVolumeSize)],
      status: () => ["in-use"],
    });
    const { items, nextToken } = page(found, input);
    return {
      Volumes: items.map(({ instance, tags }) => ({
        VolumeId: instance.volumeId,
        VolumeType: instance.rootVolumeType as VolumeType,
        Size: instance.rootVolumeSize,
        State: "in-use",
        Encrypted: false,
        AvailabilityZone: instance.availabilityZone,
        CreateTime: instance.launchTime,
        Attachments: [
          {
            InstanceId: instance.instanceId,
            VolumeId: instance.volumeId,
            Device: "/dev/xvda",
            State: "attached",
            AttachTime: instance.launchTime,
            DeleteOnTermination: true,
          },
        ],
        Tags: listTags(tags),
      })),
      NextToken: nextToken,
    };
  },
};
