"""Values that make no sense are refused when the chart is rendered, by a sentence that names the place."""

from typing import Any

import pytest

from tests.chart.rendering import Renderer
from tests.chart.test_every_value import at

SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown name": ({"apii": {}}, "additional properties 'apii' not allowed"),
    "an unknown name of a group": (
        {"workers": {"small": {"replica": 2}}},
        "additional properties 'replica' not allowed",
    ),
    "a number as text": ({"api": {"replicas": "2"}}, "at '/api/replicas': got string, want integer"),
    "a group of a bad name": ({"workers": {"Big_One": {"queues": ["large"]}}}, "additional properties 'Big_One'"),
    "a queue that is none": ({"workers": {"small": {"queues": ["tiny"]}}}, "'/workers/small/queues/0'"),
    "a digest that is none": ({"image": {"digest": "sha256:12"}}, "does not match pattern"),
    "a grace that is too short": (
        {"workers": {"large": {"terminationGracePeriodSeconds": 5}}},
        "workers.large.terminationGracePeriodSeconds (5) is shorter than handing a job over takes",
    ),
    "two groups with one queue": (
        {"workers": {"more": {"queues": ["large"]}}},
        "workers.large and workers.more both serve the queue large",
    ),
    "a queue that nobody serves": (
        {"workers": {"large": {"queues": ["celery"]}, "small": {"queues": ["small"]}}},
        "nobody serves the queue large",
    ),
    "a group without a queue": ({"workers": {"more": {"concurrency": 2}}}, "workers.more serves no queue"),
    "no workers": ({"workers": {"small": None, "large": None}}, "nobody serves the queue small"),
    "an external Redis without a secret": (
        {"redis": {"enabled": False, "external": {"host": "redis.example"}}},
        "name the Secret with its password in redis.existingSecret.name",
    ),
    "an external PostgreSQL without a host": (
        {"postgresql": {"enabled": False, "existingSecret": {"name": "mine"}}},
        "say in postgresql.external.host where yours is",
    ),
    "an external host beside the release's own": (
        {"redis": {"external": {"host": "redis.example"}}},
        "redis.external.host is set, but redis.enabled is true",
    ),
    "a user at the release's own Redis, which has none": (
        {"redis": {"external": {"user": "buses"}}},
        "redis.external.user is set, but redis.enabled is true",
    ),
    "options of another server than the release's own": (
        {"postgresql": {"external": {"options": {"sslmode": "require"}}}},
        "postgresql.external.options is set, but postgresql.enabled is true",
    ),
    "an external PostgreSQL with its port in its host": (
        {"postgresql": {"enabled": False, "external": {"host": "db.example:5432"}}},
        "at '/postgresql/external/host'",
    ),
    "an external Redis by its URL": (
        {"redis": {"enabled": False, "external": {"host": "redis://redis.example"}}},
        "at '/redis/external/host'",
    ),
    "a Secret of no name": ({"redis": {"existingSecret": {"name": "our secret"}}}, "at '/redis/existingSecret/name'"),
    "a key that no Secret has": ({"redis": {"existingSecret": {"key": "$(KEY)"}}}, "at '/redis/existingSecret/key'"),
    "an IngressClass of no name": ({"api": {"ingress": {"className": "{}"}}}, "at '/api/ingress/className'"),
    "addresses that are none": (
        {"networkPolicy": {"apiServerCidrs": ["10.0.0.1"]}},
        "at '/networkPolicy/apiServerCidrs/0'",
    ),
    "an image that names a version twice": ({"image": {"repository": "tutti:v1"}}, "at '/image/repository'"),
    "a tag that is none": ({"image": {"tag": "v 1"}}, "at '/image/tag'"),
    "a name of no object": ({"fullnameOverride": "Tutti.east"}, "at '/fullnameOverride'"),
    "a name of no label": ({"fullnameOverride": "t", "nameOverride": "our buses"}, "at '/nameOverride'"),
    "a storage class that is none": (
        {"redis": {"persistence": {"storageClass": "-"}}},
        "at '/redis/persistence/storageClass'",
    ),
    "an address for a host": (
        {"api": {"ingress": {"enabled": True, "host": "https://tutti.example"}}},
        "at '/api/ingress/host'",
    ),
    "two hosts for one": (
        {"api": {"ingress": {"enabled": True, "host": "a.example,b.example"}}},
        "at '/api/ingress/host'",
    ),
    "a host in a list that is none": (
        {"api": {"ingress": {"hosts": [{"host": "https://tutti.example"}]}}},
        "at '/api/ingress/hosts/0/host'",
    ),
    "a path without a slash": ({"api": {"ingress": {"path": "tutti"}}}, "at '/api/ingress/path'"),
    "a group whose labels are too long": (
        {"workers": {"g" * 57: {"queues": ["celery"]}, "small": {"queues": ["small"]}}},
        "give the group a name of at most 56",
    ),
    "a group whose mark by KEDA is too long": (
        {
            "autoscaling": {"mode": "keda"},
            "workers": {"g" * 49: {"queues": ["celery"]}, "small": {"queues": ["small"]}},
        },
        "give the group a name of at most 48",
    ),
    "an ingress without a host": ({"api": {"ingress": {"enabled": True}}}, "name the host in api.ingress.host"),
    "a route without a gateway": ({"api": {"httpRoute": {"enabled": True}}}, "name the Gateway"),
    "a lease of one heartbeat": (
        {"jobs": {"leaseSeconds": 1.5}},
        "jobs.leaseSeconds (1.5) is less than two heartbeats",
    ),
    "a time that is none, as --set gives it": (
        {"jobs": {"leaseSeconds": "0.0"}},
        "at '/jobs/leaseSeconds': '0.0' does",
    ),
    "a soft limit as long as the hard one": (
        {"jobs": {"hardLimitSeconds": 100, "softLimitSeconds": 100}},
        "leave no time before jobs.hardLimitSeconds (100)",
    ),
    "a setting that the chart makes itself": (
        {"settings": {"TUTTI_LEASE_S": 9}},
        "settings.TUTTI_LEASE_S is set by the chart from other values",
    ),
    "a setting that is none": (
        {"settings": {"TUTTI_MAX_ROUTS": 100}},
        "at '/settings': additional properties 'TUTTI_MAX_ROUTS' not allowed",
    ),
    "a setting that is none of its words": (
        {"settings": {"TUTTI_WHEN_BROKER_AWAY": "wait"}},
        "at '/settings/TUTTI_WHEN_BROKER_AWAY': value must be one of 'queue', 'inline', 'reject'",
    ),
    "a setting that is less than it may be": ({"settings": {"TUTTI_KEEP_DAYS": -1}}, "at '/settings/TUTTI_KEEP_DAYS'"),
    "a setting that is no number": ({"settings": {"TUTTI_KEEP_DAYS": "long"}}, "at '/settings/TUTTI_KEEP_DAYS'"),
    "a grace of running jobs that their pods don't have": (
        {"settings": {"TUTTI_FINISH_GRACE_S": 60}},
        "workers.large.terminationGracePeriodSeconds (30) is shorter than handing a job over takes",
    ),
    "nobody left for what clients of the broker send": (
        {"autoscaling": {"mode": "keda"}, "workers": {"small": {"minReplicas": 0}}},
        "workers.small serves the queue celery, whose messages PostgreSQL does not know",
    ),
    "small jobs that are too large for their workers": (
        {"jobs": {"smallRoutes": 5000}},
        "jobs.smallRoutes (5000) is more than workers.small has memory for: 3000 routes in each of 2 processes",
    ),
    "memory for one process where several solve a job": (
        {"workers": {"small": {"cores": 4}}, "jobs": {"smallRoutes": 1000}},
        "1000) is more than workers.small has memory for: 300 routes in each of 8 processes (concurrency x cores)",
    ),
    "a store without a version": (
        {"postgresql": {"image": {"tag": ""}}},
        "postgresql.image.tag is empty: name a version there",
    ),
    "memory that is none": (
        {"workers": {"large": {"resources": {"limits": {"memory": "4 apples"}}}}},
        "is no amount of memory: write it as 512Mi or 2Gi",
    ),
    "a Redis that may use all memory that there is": (
        {"redis": {"maxMemory": "1gb", "resources": {"limits": {"memory": "1Gi"}}}},
        "redis.maxMemory (1gb) is not less than redis.resources.limits.memory (1Gi)",
    ),
    "a Redis without an end": ({"redis": {"maxMemory": "0"}}, "at '/redis/maxMemory'"),
    "a CA for a Redis without TLS": (
        {
            "redis": {
                "enabled": False,
                "existingSecret": {"name": "mine"},
                "external": {"host": "redis.example", "caFile": "/ca/ca.crt"},
            }
        },
        "redis.external.caFile is set, but redis.external.tls is false",
    ),
    "a port of the nodes for a Service that has none": (
        {"api": {"service": {"nodePort": 30800}}},
        "api.service.nodePort (30800) is set, but api.service.type is ClusterIP",
    ),
    "a label that is the chart's": (
        {"podDefaults": {"labels": {"app.kubernetes.io/component": "other"}}},
        "the chart sets the label app.kubernetes.io/component of its pods itself",
    ),
    "a queue named twice": (
        {"workers": {"large": {"queues": ["large", "large"]}}},
        "at '/workers/large/queues': items at 0 and 1 are equal",
    ),
    "more slots than all together may have": (
        {"autoscaling": {"maxSlots": 20}},
        "come to 30 jobs at once, more than autoscaling.maxSlots (20)",
    ),
    "more pods at least than at most": (
        {"workers": {"small": {"minReplicas": 11}}},
        "workers.small.minReplicas (11) is more than its maxReplicas (10)",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_what_makes_no_sense_is_refused_by_a_sentence(helm: Renderer, case: str) -> None:
    values, sentence = SENTENCES[case]
    assert sentence in helm.refusal(values)


def test_a_release_name_of_sixty_characters_is_refused(helm: Renderer) -> None:
    assert "53" in helm.refusal({}, name="a" * 60)


@pytest.mark.parametrize(
    "place",
    [
        "api",
        "api.service",
        "redis.persistence",
        "autoscaling.idleFirst",
        "flower.pod",
        "redis.enabled",
        "jobs.leaseSeconds",
    ],
)
def test_null_for_what_must_be_there_is_refused_by_name(helm: Renderer, place: str) -> None:
    assert f"missing property '{place.rpartition('.')[2]}'" in helm.refusal(at(place, None))


@pytest.mark.parametrize(
    "place",
    [
        "api.resources",
        "workerDefaults.resources",
        "workerDefaults.resources.limits.memory",
        "workers.large.resources",
        "workers.small.pod",
        "image.tag",
        "redis.existingSecret",
        "settings",
        "serviceAccounts.annotations",
    ],
)
def test_null_for_what_may_be_left_out_is_taken(helm: Renderer, place: str) -> None:
    assert helm.render(at(place, None)).of("Deployment")


@pytest.mark.parametrize("name", ["2026", "east.tutti"])
def test_a_release_whose_name_no_service_can_have_is_refused_unless_another_is_set(helm: Renderer, name: str) -> None:
    assert "say in fullnameOverride how they are to begin" in helm.refusal({}, name=name)
    rendered = helm.render({"fullnameOverride": "tutti"}, name=name)
    labels = rendered.of("Deployment")["tutti-api"]["metadata"]["labels"]
    assert labels["app.kubernetes.io/instance"] == name
