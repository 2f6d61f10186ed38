"""What PyInstaller collects of torch, instead of every file and every module of it.

Its own hook takes all modules, tests and compilers of kernels included, each compiled and as a source: ten minutes of
analysis for what nobody runs. What our code and torch itself import is found without that.
"""

import importlib.metadata

import contents
from _pyinstaller_hooks_contrib.utils.nvidia_cuda import infer_hiddenimports_from_requirements
from packaging.requirements import Requirement
from PyInstaller.utils.hooks import (
    PY_DYLIB_PATTERNS,
    collect_data_files,
    collect_dynamic_libs,
    collect_submodules,
)

module_collection_mode = "pyz"
warn_on_missing_hiddenimports = False
datas = collect_data_files("torch", include_py_files=True, includes=list(contents.TORCH_DATA))
hiddenimports = list(contents.TORCH_HIDDEN)
hiddenimports += [name for package in contents.TORCH_PACKAGES for name in collect_submodules(package)]
binaries = [
    (source, folder)
    for source, folder in collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
    if not folder.replace("\\", "/").startswith("torch/test")
]
# A build for CUDA has its libraries in packages of NVIDIA's, some of which it only loads by name.
requirements = [Requirement(text) for text in importlib.metadata.requires("torch") or []]
hiddenimports += infer_hiddenimports_from_requirements(
    [one.name for one in requirements if one.marker is None or one.marker.evaluate()]
)
# torch finds its other libraries beside the one that runs, so that must be no link from another folder.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
