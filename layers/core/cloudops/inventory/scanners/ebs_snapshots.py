from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cloudops.inventory.calls import Arguments, Detail, Listing, Page, chunks
from cloudops.inventory.models import Json, Place, ScannedResource
from cloudops.inventory.scanner import Scanner
from cloudops.inventory.tags import name_in, tags_of
from cloudops.inventory.times import iso

IMAGES, VOLUMES = "describe_images", "describe_volumes"
# EC2 takes up to 200 values in one filter.
VALUES_PER_FILTER = 200
# What a copied snapshot names as its volume.
NO_VOLUME = "vol-ffffffff"
MANAGER_TAGS = {
    "aws:backup:source-resource": "AWS Backup",
    "aws:dlm:lifecycle-policy-id": "Data Lifecycle Manager",
}


def volume_requests(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    wanted = sorted({item["VolumeId"] for item in items if item.get("VolumeId")} - {NO_VOLUME})
    return (filtered("volume-id", chunk) for chunk in chunks(wanted, VALUES_PER_FILTER))


def image_requests(items: Sequence[Any], _place: Place) -> Iterable[Arguments]:
    ids = sorted(item["SnapshotId"] for item in items)
    name = "block-device-mapping.snapshot-id"
    return ({"Owners": ["self"], **filtered(name, chunk)} for chunk in chunks(ids, VALUES_PER_FILTER))


def filtered(name: str, values: Sequence[str]) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(values)}]}


def parse(page: Page, place: Place) -> Iterator[ScannedResource]:
    volumes = {volume["VolumeId"] for volume in page.found(VOLUMES, "Volumes")}
    images = images_by_snapshot(page.found(IMAGES, "Images"))
    for item in page.items:
        volume = item.get("VolumeId")
        known = volume not in (None, NO_VOLUME) and not page.denied(VOLUMES)
        facts: dict[str, Json] = {
            "volumeExists": volume in volumes if known else None,
            "images": None if page.denied(IMAGES) else images.get(item["SnapshotId"], []),
        }
        yield resource_of(item, place, facts)


def images_by_snapshot(images: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for image in images:
        for device in image.get("BlockDeviceMappings", ()):
            if snapshot := device.get("Ebs", {}).get("SnapshotId"):
                found.setdefault(snapshot, []).append(image["ImageId"])
    return found


def resource_of(item: Mapping[str, Any], place: Place, facts: Mapping[str, Json]) -> ScannedResource:
    snapshot_id, tags = item["SnapshotId"], tags_of(item.get("Tags"))
    arn = place.arn("ec2", f"snapshot/{snapshot_id}")
    return ScannedResource(
        resource_id=arn,
        aliases=(snapshot_id,),
        type="EBS Snapshot",
        service="AmazonEC2",
        name=name_in(tags, snapshot_id),
        arn=arn,
        status=item.get("State"),
        tags=tags,
        configuration={
            "snapshotId": snapshot_id,
            "volumeId": item.get("VolumeId"),
            "sizeGB": item.get("VolumeSize"),
            "startedAt": iso(item.get("StartTime")),
            "storageTier": item.get("StorageTier", "standard"),
            "encrypted": item.get("Encrypted", False),
            "description": item.get("Description") or None,
            "managedBy": next((name for key, name in MANAGER_TAGS.items() if key in tags), None),
            **facts,
        },
    )


EBS_SNAPSHOTS = Scanner(
    name="ebs-snapshots",
    types=frozenset(("EBS Snapshot",)),
    listing=Listing(
        client="ec2",
        operation="describe_snapshots",
        items="Snapshots",
        permission="ec2:DescribeSnapshots",
        arguments={"OwnerIds": ["self"], "PaginationConfig": {"PageSize": 1000}},
    ),
    details=(
        Detail(client="ec2", operation=VOLUMES, permission="ec2:DescribeVolumes", requests=volume_requests),
        Detail(client="ec2", operation=IMAGES, permission="ec2:DescribeImages", requests=image_requests),
    ),
    parse=parse,
)
