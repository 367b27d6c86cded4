"""Cuts a service model of botocore down to some operations: trim_service_model.py MODEL OPERATION... [SHAPE=MEMBER,MEMBER...] > FILE

Of a shape that is named, such as SearchRecord=TrainingJob, it leaves these members.
The model comes from botocore's package (Apache-2.0): botocore/data/SERVICE/VERSION/service-2.json, unpacked.
"""
import json
import sys

KEPT = ("type", "min", "max", "pattern", "enum", "required", "members", "member", "key", "value", "exception", "error", "timestampFormat")
REFERENCE = ("shape", "location", "locationName")


def trim(model, operations, only):
    shapes = model["shapes"]
    for name, member in only.items():
        shapes[name]["members"] = {one: shapes[name]["members"][one] for one in member.split(",")}
    rest = model["metadata"]["protocol"] == "rest-json"
    reached = {}

    def reference(ref):
        return {key: ref[key] for key in REFERENCE if key in ref}

    def walk(name):
        if name in reached:
            return
        shape = shapes[name]
        reached[name] = {key: shape[key] for key in KEPT if key in shape}
        if "members" in shape:
            reached[name]["members"] = {member: reference(ref) for member, ref in shape["members"].items()}
            for ref in shape["members"].values():
                walk(ref["shape"])
        for part in ("member", "key", "value"):
            if part in shape:
                reached[name][part] = {"shape": shape[part]["shape"]}
                walk(shape[part]["shape"])

    kept = {}
    for operation in operations:
        description = model["operations"][operation]
        kept[operation] = {}
        if rest:
            kept[operation]["http"] = description["http"]
        for part in ("input", "output"):
            if part in description:
                kept[operation][part] = {"shape": description[part]["shape"]}
                walk(description[part]["shape"])
        kept[operation]["errors"] = [error["shape"] for error in description.get("errors", [])]
        for error in kept[operation]["errors"]:
            walk(error)
    return {
        "source": "botocore, Apache-2.0, Amazon.com, Inc.; cut down by trim_service_model.py",
        "serviceId": model["metadata"]["serviceId"],
        "apiVersion": model["metadata"]["apiVersion"],
        **({} if rest else {"targetPrefix": model["metadata"]["targetPrefix"]}),
        "operations": kept,
        "shapes": dict(sorted(reached.items())),
    }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        operations = [argument for argument in sys.argv[2:] if "=" not in argument]
        cut = trim(json.load(file), operations, dict(argument.split("=") for argument in sys.argv[2:] if "=" in argument))
    head = {key: value for key, value in cut.items() if key != "shapes"}
    lines = ",\n".join(
        "    %s: %s" % (json.dumps(name), json.dumps(shape, separators=(",", ":")))
        for name, shape in cut["shapes"].items()
    )
    print(json.dumps(head, indent=2)[:-2] + ',\n  "shapes": {\n' + lines + "\n  }\n}")
