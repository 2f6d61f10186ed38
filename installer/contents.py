"""What goes into the packaged app and what is left out of it, each with its reason. Read by the spec and by tests."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY: Final = Path(__file__).resolve().parent.parent
STUDIO: Final = "vimd-studio"
HEADLESS: Final = "vimd"

BUNDLE_IDENTIFIER: Final = "org.vimd.studio"

# Packages whose versions `vimd doctor` reads, vimd-studio for the entry point of `vimd project`, and keyring for those
# of the systems' key stores.
METADATA: Final = (
    *("vimd-studio", "torch", "numpy", "numba", "safetensors", "opencv-python-headless", "pillow", "pi-heif"),
    *("platformdirs", "PySide6-Essentials", "SQLAlchemy", "alembic", "keyring"),
    *("msgspec", "jinja2", "pyqtgraph"),
)
# Imported by a name that is made at run time, so that PyInstaller can't see it.
SUBMODULES: Final = ("app", "vimd_core")
HIDDEN: Final = (
    "numba._devicearray",  # a compiled part that numba's core loads; its other user is numba.cuda, left out below
    "PySide6.QtOpenGL",  # pyqtgraph imports both, and uses neither as long as it shall not
    "PySide6.QtOpenGLWidgets",
    "resources",
    "sqlalchemy.dialects.sqlite",
    "logging.config",
)
_MAMBA: Final = ("mamba_ssm.ops.selective_scan_interface", "selective_scan_cuda", "causal_conv1d")

# Of torch.compile; the rest of it is imported by what learns.
_COMPILER_OF_TORCH: Final = (
    *("torch._inductor.codegen", "torch._inductor.fx_passes", "torch._inductor.kernel"),
    *("torch._inductor.ir", "torch._inductor.lowering", "torch._inductor.scheduler", "torch._inductor.graph"),
    *("torch._inductor.compile_fx", "torch._inductor.codecache", "torch._inductor.cudagraph_trees"),
    *("torch._inductor.select_algorithm", "torch._inductor.template_heuristics"),
    *("torch._inductor.pattern_matcher", "torch._inductor.autotune_process"),
    *("torch._inductor.runtime.triton_heuristics", "torch._inductor.runtime.caching"),
)

LEFT_OUT_MODULES: Final = {
    "tkinter": "another windowing system",
    "IPython": "an interactive shell that libraries ask for when it is there",
    "pytest": "testing",
    "_pytest": "testing",
    "pygments": "colours for tracebacks in terminals",
    "setuptools": "installing packages",
    "pkg_resources": "installing packages",
    "pip": "installing packages",
    "lightning_fabric": "training on several GPUs, which starts from a Python environment",
    "tensorboard": "none of our displays",
    "matplotlib": "our charts are pyqtgraph's",
    "mambapy": "a rival that benchmarks compare with",
    "av": "serves the streams of tests",
    "rtsp": "serves the streams of tests",
    "fsspec": "torch's checkpoints on other machines",
    "filelock": "what torch.compile has compiled, shared between processes",
    "networkx": "the graphs that torch.compile cuts up",
    "lightning_utilities": "training on several GPUs, which starts from a Python environment",
    "mypy": "checks types",
    "triton": "compiles kernels for GPUs by torch.compile, which nothing here calls; mamba-ssm needs it",
    "PyInstaller": "made this package",
    "numba.cuda": "our kernels for GPUs are mamba-ssm's",
    "numba.tests": "numba's own tests",
    "numba.testing": "numba's own tests",
    "llvmlite.tests": "llvmlite's own tests",
    "numpy.f2py": "compiles Fortran",
    "numpy.tests": "numpy's own tests",
    "torch.onnx": "exports to a format that we don't write",
    "torch.utils.tensorboard": "none of our displays",
    "torch.utils.benchmark": "our benchmarks have their own timing",
    "torch.utils.cpp_extension": "compiles C++",
    "torch.utils.hipify": "translates C++ for AMD's GPUs",
    **dict.fromkeys(_COMPILER_OF_TORCH, "generates kernels by torch.compile, which nothing here calls"),
    "torch._vendor.quack": "kernels that triton compiles, for GPUs",
    "torch.testing._internal.generated": "torch's own tests",
    "torch.testing._internal.opinfo": "torch's own tests",
    "torch.testing._internal.common_utils": "torch's own tests",
    "torch.testing._internal.common_methods_invocations": "torch's own tests",
    "torch.distributed.checkpoint": "training on several machines",
    "torch.distributed.elastic": "training on several machines",
    "torch.distributed._tools": "training on several machines",
    "torch.distributed.optim": "training on several machines",
    "sympy.testing": "sympy's own tests",
    "pyqtgraph.examples": "pyqtgraph's own examples",
    "pyqtgraph.opengl": "3D, which our charts have none of",
    "pyqtgraph.flowchart": "draws programs",
    "pyqtgraph.console": "a Python prompt",
    "pyqtgraph.dockarea": "the window has docks of its own",
    "pyqtgraph.jupyter": "charts in a browser",
    "pyqtgraph.canvas": "a drawing program",
    "PIL.ImageTk": "another windowing system",
    "PIL.ImageQt": "pixels go to Qt as bytes",
    "sqlalchemy.testing": "SQLAlchemy's own tests",
    "alembic.testing": "alembic's own tests",
    "PySide6.QtQml": "the window is made of widgets",
    "PySide6.QtQuick": "the window is made of widgets",
    "PySide6.QtDesigner": "a development tool",
    "PySide6.QtTest": "testing",
    "PySide6.QtSql": "the database is SQLAlchemy's",
}

# Where files would lie in the package; `*` spans folders.
LEFT_OUT_FILES: Final = {
    "torch/lib/libtorchbind_test*": "torch's own tests",
    "torch/lib/libjitbackend_test*": "torch's own tests",
    "torch/lib/libaoti_custom_ops*": "torch's own tests",
    "torch/lib/libbackend_with_compiler*": "torch's own tests",
    "torch/lib/*.lib": "for linking C++",
    "pyqtgraph/icons/peegee/*": "pyqtgraph's own logo",
    "pyqtgraph/colors/maps/*": "scales of colours, which our charts have none of",
    "numba/*.c": "sources of compiled parts",
    "numba/*.h": "sources of compiled parts",
    "numba/*/tests/*": "numba's own tests",
    "PySide6/Qt/translations/*": "languages that the window does not speak",
    "PySide6/Qt/qml/*": "the window is made of widgets",
    "PySide6/Qt/plugins/platforms/libqeglfs*": "screens without a desktop",
    "PySide6/Qt/plugins/platforms/libqlinuxfb*": "screens without a desktop",
    "PySide6/Qt/plugins/platforms/libqvnc*": "a remote screen",
    "PySide6/Qt/plugins/platforms/libqminimal*": "no screen; that is what offscreen is here for",
    "PySide6/Qt/plugins/platforms/libqvkkhrdisplay*": "screens without a desktop",
    "PySide6/Qt/plugins/platformthemes/libqgtk3*": "loads all of GTK for its file dialog",
    "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboard*": "brings QML",
    "PySide6/Qt/plugins/egldeviceintegrations/*": "screens without a desktop",
    "PySide6/Qt/plugins/generic/*": "touch screens without a desktop",
    "PySide6/Qt/plugins/networkinformation/*": "nothing here asks whether there is a network",
    "PySide6/Qt/plugins/tls/*": "Qt's network is for the local socket by which one start talks to another",
    "PySide6/Qt/plugins/imageformats/libqpdf*": "brings a whole PDF reader",
    "PySide6/Qt/lib/libQt6Pdf*": "only for the plugin above",
    "PySide6/Qt/lib/libQt6Qml*": "the window is made of widgets",
    "PySide6/Qt/lib/libQt6Quick*": "the window is made of widgets",
    "PySide6/Qt/lib/libQt6VirtualKeyboard*": "only for the plugin above",
    "PySide6/Qt/lib/libQt6EglF*": "screens without a desktop",
    "numba/np/ufunc/tbbpool*": "needs libtbb; OpenMP's threads are used",
    "PySide6/Qt/lib/libQt6Test*": "testing",
    "PySide6/Qt/plugins/wayland-graphics-integration-client/libvulkan*": "3D, which a window of widgets has none of",
    "PySide6/Qt/plugins/wayland-graphics-integration-client/libdrm*": "3D, which a window of widgets has none of",
    "PySide6/Qt/plugins/wayland-graphics-integration-client/libdmabuf*": "3D, which a window of widgets has none of",
    # A desktop has these, its drivers and fonts may need newer ones, and two of them in a process clash.
    "libgbm*": "the graphics driver's own",
    "libdrm*": "the graphics driver's own",
    "libstdc++.so*": "graphics drivers are written in C++ too",
    "libgcc_s.so*": "belongs to the one above",
    "libfontconfig*": "reads the system's own settings and caches",
    "libfreetype.so*": "belongs to the one above",
    "*.dist-info/licenses/*": "LICENCES.txt has them all",
    "*.dist-info/sboms/*": "lists what the package's makers built it of",
    "*.dist-info/RECORD": "lists files of the machine that built this",
    "*.dist-info/direct_url.json": "names a place on the machine that built this",
    "*.egg-info/SOURCES.txt": "lists files of the repository",
}
KEPT_FILES: Final = {
    "PySide6/Qt/translations/qtbase_zh_CN.qm": "Qt's own dialogs in a language of the window"
}
# Packages that are in the folder as sources.
AS_SOURCES: Final = ("vimd_core.ops",)
# Of torch, beside its libraries: the program that shares memory between processes, and sources that torch reads as
# text, most of them when it is imported.
TORCH_DATA: Final = (
    "bin/torch_shm_manager",
    *(
        "**/config.py",
        "**/_config.py",
        "_jit_internal.py",
        "functional.py",
        "nn/functional.py",
        "nn/modules/*.py",
    ),
    *("_library/custom_ops.py", "_native/registry.py", "cuda/__init__.py", "utils/_debug_mode/_mode.py"),
    *("distributed/_functional_collectives.py", "distributed/tensor/_collective_utils.py"),
    *("_dynamo/_trace_wrapped_higher_order_op.py", "_dynamo/variables/streams.py"),
)
TORCH_HIDDEN: Final = (
    "torch._C",
    "torch.testing",
    "torch.utils._config_module",
)
# Imported by names that are made at run time, as soon as something learns.
TORCH_PACKAGES: Final = ("torch._dynamo.polyfills",)
# Never in the window's process, so its executable goes without their modules.
_FOR_CHILDREN: Final = ("torch", "torchgen", "functorch", "numba", "llvmlite", "sympy", "mpmath", "jinja2")
# Never in another process than the window's: the command line knows projects, and no Qt.
_FOR_WINDOW: Final = (
    *("pyqtgraph", "app.main", "app.bootstrap"),
    *("app.views", "app.item_models", "app.services"),
)
# Names of functions that only debuggers read: a fifth of torch. Qt is left exactly as Qt's makers built it, and so are
# the libraries of numpy's: their sections were moved, and `strip` leaves them where no loader takes them.
STRIPPED: Final = (
    *("torch/lib/*.so*", "llvmlite/binding/*.so", "cv2/*.so", "libpython*.so*", "python3*/lib-dynload/*.so"),
    *("cryptography/hazmat/bindings/*.so", "numba/**/*.so", "sqlalchemy/**/*.so", "safetensors/*.so"),
    *("numpy/**/*.so", "PIL/*.so", "_pi_heif*.so", "pi_heif.libs/*.so*", "opencv_python_headless.libs/*.so*"),
)
# Loaded by name while the program runs, so nothing is linked to them.
LOADED_BY_NAME: Final = ("libssl.so*", "libcrypto.so*", "libpython*", "libdbus-1*", "libxcb-cursor*")


def requirements_of_app() -> list[Requirement]:
    """What the packaged app needs: what the library does, and the extra for the window."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["app"]]


def missing_packages() -> list[str]:
    """What the app needs and is not installed here: PyInstaller would only warn, and users would find out."""
    requirements = requirements_of_app()
    installed = {canonicalize_name(one.name) for one in importlib.metadata.distributions()}
    return [
        one.name
        for one in requirements
        if canonicalize_name(one.name) not in installed and (one.marker is None or one.marker.evaluate())
    ]


def left_out_modules() -> list[str]:
    """Modules that are left out here: a package with mamba-ssm's kernels needs a compiler of kernels."""
    kept = {"triton", "setuptools"} if has_mamba() else set()
    return [name for name in LEFT_OUT_MODULES if name not in kept]


def hidden_modules() -> list[str]:
    """Modules that PyInstaller can't see and shall take."""
    return [*HIDDEN, *(_MAMBA if has_mamba() else ())]


def has_mamba() -> bool:
    """Whether mamba-ssm is installed where this package is made, as `build.sh --cuda` tries."""
    return importlib.util.find_spec("mamba_ssm") is not None


def is_left_out(name: str) -> bool:
    """Whether a file of the package, by its place in it, is left out."""
    name = name.replace("\\", "/")
    return name not in KEPT_FILES and any(fnmatch(name, pattern) for pattern in LEFT_OUT_FILES)


def is_for(program: str, module: str) -> bool:
    """Whether an executable can import a module: the window never learns, and what learns has no window."""
    others = _FOR_CHILDREN if program == STUDIO else _FOR_WINDOW
    return not any(module == other or module.startswith(f"{other}.") for other in others)


def data_files() -> list[tuple[str, str]]:
    """Our own files beside the code: (path here, folder in the package)."""
    found = [
        (str(path), str(path.relative_to(REPOSITORY).parent))
        for folder in ("resources", "app/storage/migrations", "vimd_core/evaluation/html_report/templates")
        for path in sorted((REPOSITORY / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".ts"
    ]
    # Screenshots are for the README.
    return [pair for pair in found if not Path(pair[1]).match("resources/screenshots")]


def version() -> str:
    """The version, from where `pyproject.toml` says that it is."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    place = str(project["tool"]["setuptools"]["dynamic"]["version"]["attr"])
    module, _, name = place.rpartition(".")
    source = (REPOSITORY / Path(*module.split(".")) / "__init__.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=value)) if found == name:
                return str(value)
    raise ValueError(f"{place} is no version")


def macos_information() -> dict[str, object]:
    """What macOS reads of the app: Info.plist, beside what PyInstaller says in it."""
    return {
        "CFBundleDisplayName": "ViMD Studio",
        "CFBundleShortVersionString": version(),
        "CFBundleVersion": version(),
        "LSMinimumSystemVersion": "13.0",
        "LSApplicationCategoryType": "public.app-category.graphics-design",
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "NSCameraUsageDescription": "ViMD Studio classifies what a camera shows, once you add the camera.",
        "NSLocalNetworkUsageDescription": "ViMD Studio reads the network cameras that you add.",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "ViMD Studio project",
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [f"{BUNDLE_IDENTIFIER}.project"],
                "LSTypeIsPackage": True,
            },
            {
                "CFBundleTypeName": "Model bundle",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": [f"{BUNDLE_IDENTIFIER}.model"],
            },
            {
                "CFBundleTypeName": "Captures",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.folder", "public.image"],
            },
        ],
        "UTExportedTypeDeclarations": [
            _macos_type("project", "ViMD Studio project", "vimd", "com.apple.package"),
            _macos_type("model", "Model bundle", "safetensors", "public.data"),
        ],
    }


def _macos_type(name: str, description: str, suffix: str, kind: str) -> dict[str, object]:
    return {
        "UTTypeIdentifier": f"{BUNDLE_IDENTIFIER}.{name}",
        "UTTypeDescription": description,
        "UTTypeConformsTo": [kind],
        "UTTypeTagSpecification": {"public.filename-extension": [suffix]},
    }


if __name__ == "__main__":
    print(version())  # for scripts that name a file after it
