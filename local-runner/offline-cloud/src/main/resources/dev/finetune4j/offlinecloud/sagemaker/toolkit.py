"""What Amazon's training toolkit does in the images of its frameworks, on each machine: unpacks what was submitted, installs what it requires,
tells it all by SM_* variables, runs it, and says how it failed: toolkit.py ARCHIVE, which is empty where nothing was submitted to S3"""
import builtins
import json
import logging
import multiprocessing
import os
import pathlib
import shlex
import shutil
import signal
import site
import subprocess
import sys
import tarfile
import threading
import traceback

ARCHIVE = sys.argv[1]
BASE = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
CODE = BASE / "code"
OWN = {  # what the toolkit takes for itself; what else begins with sagemaker_ is for the framework
    "sagemaker_program", "sagemaker_submit_directory", "sagemaker_enable_cloudwatch_metrics", "sagemaker_region",
    "sagemaker_container_log_level", "sagemaker_job_name", "sagemaker_s3_output", "default_user_module_name",
    "_tuning_objective_metric"}
ERRORS = [name for name in dir(builtins) if "Error" in name or "Exception" in name] + [
    "Invalid requirement", "ResourceExhaustedError", "OutOfRangeError", "InvalidArgumentError"]
log = logging.getLogger("sagemaker-training-toolkit")


class UserError(Exception):
    """Somebody else's fault, of which the failure file says no more than this."""


class Container:
    """The process that does the work, which gets the signals that this one gets."""

    def __init__(self):
        self.process = None
        self.is_starting = False
        self.is_told_to_end = False
        signal.signal(signal.SIGTERM, self.end)

    def end(self, number, _):
        self.is_told_to_end = True
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass  # it has ended by itself
        elif not self.is_starting:
            sys.exit(128 + number)

    def run(self, command, kind, folder):
        """Runs a command, by a shell as the toolkit does, and raises what it says of an error."""
        self.is_starting = True
        self.process = subprocess.Popen(
            " ".join(command), shell=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.is_starting = False
        if self.is_told_to_end:
            self.end(signal.SIGTERM, None)
        said = [[], []]
        readers = [
            threading.Thread(target=told, args=(stream, lines), daemon=True)
            for stream, lines in zip((self.process.stdout, self.process.stderr), said)]
        for reader in readers:
            reader.start()
        code = self.process.wait()
        for reader in readers:
            reader.join(2)  # a process that it left behind may hold its output open
        self.process = None
        if code:
            text = " ".join(" ".join(lines) for lines in said)
            text = "\n".join(dict.fromkeys(text.split("\n"))).strip()
            killed = '\nExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"' if code == 137 else ""
            raise UserError(f'{kind}:\nExitCode {code}\nErrorMessage "{text}"{killed}\nCommand "{" ".join(command)}"')


def told(stream, lines):
    """Prints what comes, and keeps it from the first line on that names an error."""
    for raw in stream:
        line = raw.decode("utf-8", "replace").rstrip("\n")
        print(line, flush=True)
        if lines or any(error in line for error in ERRORS):
            text = line.strip(" :\n") + "\n"
            if text not in lines:
                lines.append(text)


def settings():
    values = {}
    for name, text in read("hyperparameters.json").items():
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    return values


def read(name):
    return json.loads((BASE / "input" / "config" / name).read_text())


def unpack(source):
    CODE.mkdir(exist_ok=True)
    if any(CODE.iterdir()) or pathlib.Path(source) == CODE:
        return
    archive = ARCHIVE or source
    if os.path.isdir(archive):
        shutil.copytree(archive, CODE, dirs_exist_ok=True)
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tar:
            tar.extractall(CODE)
    else:
        shutil.copy2(archive, CODE)


def kind_of(program):
    if program.endswith(".sh"):
        return "command"
    if (CODE / "setup.py").exists():
        return "package"
    return "program" if program.endswith(".py") else "command"


def python_for(kind, container):
    """A Python with what the code requires; what is installed lies in an environment of this container's own, not in the machine's."""
    requirements = ["-r", "requirements.txt"] if (CODE / "requirements.txt").exists() else []
    wanted = (["."] if kind == "package" else []) + requirements
    if kind == "command" or not wanted:
        return sys.executable
    own = pathlib.Path(__file__).resolve().parent / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", own], check=True)
    packages = next(own.glob("lib/python*/site-packages"))
    (packages / "machine.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    python = str(own / "bin" / "python3")
    log.info("Installing module." if kind == "package" else "Installing dependencies from requirements.txt")
    container.run(
        [python, "-m", "pip", "install", *wanted],
        "InstallModuleError" if kind == "package" else "InstallRequirementsError", CODE)
    return python


def arguments(values):
    words = []
    for name in sorted(values):
        value = values[name]
        if isinstance(value, dict):
            value = ",".join(f"{key}={each}" for key, each in sorted(value.items()))
        words += [f"--{name}" if len(name) > 1 else f"-{name}", "" if value is None else str(value)]
    return words


def gpus():
    try:
        listed = subprocess.run(["nvidia-smi", "--list-gpus"], capture_output=True, text=True, check=True).stdout
        return sum(line.startswith("GPU ") for line in listed.splitlines())
    except (OSError, subprocess.CalledProcessError):
        return 0


def variables(program, values, framework, level):
    machine, channels = read("resourceconfig.json"), read("inputdataconfig.json")
    folders = {name: str(BASE / "input" / "data" / name) for name in channels}
    groups = machine["instance_groups"]
    of_group = next(group["hosts"] for group in groups if group["instance_group_name"] == machine["current_group_name"])
    env = {
        "hosts": machine["hosts"], "network_interface_name": machine["network_interface_name"], "hps": values,
        "user_entry_point": program, "framework_params": framework, "resource_config": machine, "input_data_config": channels,
        "output_data_dir": str(BASE / "output" / "data"), "channels": sorted(channels), "current_host": machine["current_host"],
        "current_instance_type": machine["current_instance_type"], "current_instance_group": machine["current_group_name"],
        "current_instance_group_hosts": of_group, "instance_groups": [group["instance_group_name"] for group in groups],
        "instance_groups_dict": {group["instance_group_name"]: group for group in groups}, "distribution_instance_groups": [],
        "is_hetero": len(groups) > 1, "module_name": program.removesuffix(".py"), "log_level": level, "framework_module": "",
        "input_dir": str(BASE / "input"), "input_config_dir": str(BASE / "input" / "config"), "output_dir": str(BASE / "output"),
        "num_cpus": multiprocessing.cpu_count(), "num_gpus": gpus(), "num_neurons": 0, "model_dir": str(BASE / "model"),
        "module_dir": settings().get("sagemaker_submit_directory", str(CODE)), "user_args": arguments(values),
        "output_intermediate_dir": str(BASE / "output" / "intermediate")}
    names = {"hps": "hyperparameters", "framework_params": "additional_framework_parameters"}
    env["training_env"] = {
        **{names.get(name, name): value for name, value in env.items()}, "channel_input_dirs": folders, "is_master": machine["current_host"] == machine["hosts"][0],
        "job_name": os.environ.get("TRAINING_JOB_NAME", ""), "master_hostname": machine["hosts"][0]}
    env.update({f"channel_{name}": folder for name, folder in folders.items()})
    env.update({f"hp_{name}": value for name, value in values.items()})
    return {f"SM_{name.upper()}": value if isinstance(value, str) else dumped(value) for name, value in env.items()}


def dumped(value):
    return "" if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))


def train(container):
    given = settings()
    level = int(given.get("sagemaker_container_log_level", logging.INFO))
    logging.basicConfig(format="%(asctime)s %(name)-12s %(levelname)-8s %(message)s", level=level)
    program = os.environ.get("SAGEMAKER_PROGRAM") or given["sagemaker_program"]
    framework = {name: value for name, value in given.items() if name.startswith("sagemaker_") and name not in OWN}
    launcher = [name for name, value in framework.items() if name.endswith("_enabled") and value is True]
    if launcher:
        raise UserError(f"the offline cloud starts a script once, by python3: {launcher[0]} asks for a launcher")
    unpack(given.get("sagemaker_submit_directory", str(CODE)))
    kind = kind_of(program)
    python = python_for(kind, container)
    values = {name: value for name, value in given.items() if name not in OWN and name not in framework}
    told_by = variables(program, values, framework, level)
    os.environ.update(told_by)
    os.environ.setdefault("PYTHONUNBUFFERED", "TRUE")
    os.environ["PYTHONPATH"] = ":".join([str(CODE), *filter(None, [os.environ.get("PYTHONPATH")])])
    if kind == "command":
        (CODE / program).chmod(0o777)
        command = ["/bin/sh", "-c", '"./%s %s"' % (program, " ".join(map(shlex.quote, arguments(values))))]
    else:
        command = [python, *(["-m", program.removesuffix(".py")] if kind == "package" else [program]), *arguments(values)]
    log.info("Invoking user script\n\nInvoking script with the following command:\n\n%s\n", " ".join(command))
    container.run(command, "ExecuteUserScriptError", CODE)


def failed(message):
    file = BASE / "output" / "failure"
    if not file.exists():
        file.write_text(message)
    log.error("Reporting training FAILURE")
    log.error(message)
    sys.exit(1)


try:
    train(Container())
    log.info("Reporting training SUCCESS")
    (BASE / "output" / "success").touch()
except UserError as error:
    failed(str(error))
except Exception as error:
    failed(f"Framework Error: \n{traceback.format_exc()}\n{error}")
