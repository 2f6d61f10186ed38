"""Vision Mamba: image tokens through bidirectional state-space blocks, with the published key names.

Sizes: B images, L tokens with the class token, M embed_dim, D inner channels, N state, R rank of the time steps.
Source: Zhu et al., "Vision Mamba: Efficient Visual Representation Learning with Bidirectional State Space Model",
ICML 2024 (arXiv 2401.09417), in the variant of the ViMD code: "bimamba v2", class token in the middle, the two
directions' mean, residual stream in float32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.config import VisionMambaConfig
from vimd_core.models.stems import build_stem
from vimd_core.ops.scan import BackendChoice, causal_conv_silu, selective_scan

RMS_NORM_EPSILON = 1e-5
_DT_MIN, _DT_MAX, _DT_FLOOR = 1e-3, 1e-1, 1e-4


@dataclass(frozen=True)
class ClassifierOutput:
    """What a classifier gives.

    Attributes:
        logits: (B, num_classes).
        hidden: for each asked-for layer (B, L, M): the residual stream after it, through the final norm.
    """

    logits: Tensor
    hidden: tuple[Tensor, ...] = ()


class RMSNorm(nn.Module):
    """Root-mean-square norm over the last dimension, computed in float32 (Zhang & Sennrich, 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (..., width); the result has the weight's dtype."""
        wide = x if x.dtype == torch.float64 else x.float()
        normed = functional.rms_norm(wide, self.weight.shape, None, RMS_NORM_EPSILON)
        return normed.to(self.weight.dtype) * self.weight


class BidirectionalMamba(nn.Module):
    """One mixer: the scan forwards and backwards over the tokens, sharing its input and output projections.

    Nothing is flipped or copied for the backward direction: convolution and scan walk the other way.
    """

    def __init__(self, config: VisionMambaConfig) -> None:
        super().__init__()
        width, inner, rank, state = config.embed_dim, config.inner_dim, config.dt_rank, config.state_dim
        self.rank, self.state_dim = rank, state
        self.scan_backend: BackendChoice = "auto"
        self.in_proj = nn.Linear(width, 2 * inner, bias=False)
        self.conv1d = nn.Conv1d(inner, inner, config.conv_width, groups=inner)
        self.conv1d_b = nn.Conv1d(inner, inner, config.conv_width, groups=inner)
        self.x_proj = nn.Linear(inner, rank + 2 * state, bias=False)
        self.x_proj_b = nn.Linear(inner, rank + 2 * state, bias=False)
        self.dt_proj = nn.Linear(rank, inner)
        self.dt_proj_b = nn.Linear(rank, inner)
        self.A_log = nn.Parameter(torch.arange(1, state + 1).float().log().repeat(inner, 1))
        self.A_b_log = nn.Parameter(self.A_log.detach().clone())
        self.D = nn.Parameter(torch.ones(inner))
        self.D_b = nn.Parameter(torch.ones(inner))
        self.out_proj = nn.Linear(inner, width, bias=False)
        for projection in (self.dt_proj, self.dt_proj_b):
            _initialise_time_steps(projection, rank)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, L, M) -> (B, L, M)."""
        x, z = self.in_proj(tokens).chunk(2, dim=-1)  # (B, L, 2 D) -> 2 x (B, L, D)
        forward = self._scan(x, z, self.conv1d, self.x_proj, self.dt_proj, self.A_log, self.D, reverse=False)
        backward = self._scan(
            x, z, self.conv1d_b, self.x_proj_b, self.dt_proj_b, self.A_b_log, self.D_b, reverse=True
        )
        # Halving the small weight instead of the long sum: out_proj((forward + backward) / 2).
        return functional.linear(forward + backward, self.out_proj.weight * 0.5)

    def _scan(
        self,
        x: Tensor,
        z: Tensor,
        conv: nn.Conv1d,
        x_proj: nn.Linear,
        dt_proj: nn.Linear,
        A_log: Tensor,
        D: Tensor,
        *,
        reverse: bool,
    ) -> Tensor:
        assert conv.bias is not None
        u = causal_conv_silu(
            x, conv.weight.squeeze(1), conv.bias, reverse=reverse, backend=self.scan_backend
        )  # (B, L, D)
        time_step, B, C = x_proj(u).split([self.rank, self.state_dim, self.state_dim], dim=-1)
        delta = functional.linear(time_step, dt_proj.weight)  # (B, L, R) -> (B, L, D)
        A = -torch.exp(A_log)
        return selective_scan(
            u, delta, A, B, C, D, z, dt_proj.bias, reverse=reverse, backend=self.scan_backend
        )


class _Block(nn.Module):
    """Norm and mixer of one layer."""

    def __init__(self, config: VisionMambaConfig) -> None:
        super().__init__()
        self.norm = RMSNorm(config.embed_dim)
        self.mixer = BidirectionalMamba(config)

    def forward(self, residual: Tensor) -> Tensor:
        mixed: Tensor = self.mixer(self.norm(residual))
        return mixed


class VisionMamba(nn.Module):
    """The classifier of SRVM-Net and, alone on high-resolution images, the teacher HRVM-Net.

    Args:
        config: its sizes.
        drop_path: probability that a layer is skipped for an image during training, for the last layer; earlier
            layers have less, linearly (stochastic depth, Huang et al., ECCV 2016).
    """

    def __init__(self, config: VisionMambaConfig, *, drop_path: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.drop_path = drop_path
        self.patch_embed = build_stem(config)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, config.embed_dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, config.num_patches + 1, config.embed_dim))
        self.layers = nn.ModuleList(_Block(config) for _ in range(config.depth))
        self.norm_f = RMSNorm(config.embed_dim)
        self.head = nn.Linear(config.embed_dim, config.num_classes)
        self._initialise()

    def _initialise(self) -> None:
        nn.init.trunc_normal_(self.cls_token, std=0.02)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        for mixer in self._mixers():
            # Each layer adds to the residual stream, so its share shrinks with the depth (GPT-2, section 2.3).
            with torch.no_grad():
                mixer.out_proj.weight.div_(math.sqrt(len(self.layers)))

    def _mixers(self) -> list[BidirectionalMamba]:
        return [module for module in self.modules() if isinstance(module, BidirectionalMamba)]

    def set_scan_backend(self, backend: BackendChoice) -> None:
        """Choose the implementation of the scan in all layers."""
        for mixer in self._mixers():
            mixer.scan_backend = backend

    def forward(self, images: Tensor) -> Tensor:
        """Classify images.

        Args:
            images: (B, 3, H, W) in [0, 1], H and W as `config.image_size_px` says.

        Returns:
            (B, num_classes) logits.
        """
        return self.forward_with_hidden(images).logits

    def forward_with_hidden(self, images: Tensor, layers: tuple[int, ...] = ()) -> ClassifierOutput:
        """Classify images and also give the hidden states of some layers.

        Args:
            images: as in `forward`.
            layers: indices of layers, ascending.

        Returns:
            Logits and one hidden state for each of `layers`.
        """
        pooled, hidden = self._encode(images, layers)
        return ClassifierOutput(self.head(pooled), hidden)

    def forward_with_embedding(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Classify images and also say where each one lies in the space that the head divides.

        Args:
            images: as in `forward`.

        Returns:
            (B, num_classes) logits, and (B, M) what the head reads.
        """
        pooled, _ = self._encode(images, ())
        return self.head(pooled), pooled

    def forward_with_depths(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Classify images and also give features from several depths (multi-stage features).

        What the head reads has lost what the model's own classes did not need; earlier layers still have it. The means
        over the image are of each residual block of the stem, and of the tokens that come out of it; a stem that is
        one convolution sees no more than mean colours, so that means of tokens after a third and two thirds of the
        layers stand for it.

        Args:
            images: as in `forward`.

        Returns:
            (B, num_classes) logits, (B, M) what the head reads, and (B, E) all these means, earliest first.
        """
        tokens, depths = self.patch_embed.forward_with_depths(images)
        if depths:
            pooled, _ = self._mix(tokens, ())
            means = [*depths, tokens.mean(dim=1)]
        else:
            last = len(self.layers) - 1
            pooled, hidden = self._mix(tokens, tuple(sorted({last // 3, 2 * last // 3})))
            means = [one.mean(dim=1) for one in hidden]
        return self.head(pooled), pooled, torch.cat([one.float() for one in means], dim=1)

    def _encode(self, images: Tensor, layers: tuple[int, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """What the head reads, (B, M), and the asked-for hidden states (B, L, M)."""
        return self._mix(self.patch_embed(images), layers)

    def _mix(self, patches: Tensor, layers: tuple[int, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The same of (B, L - 1, M) tokens of the stem."""
        middle = self.config.class_token_index
        class_token = self.cls_token.expand(len(patches), -1, -1).to(patches.dtype)
        tokens = torch.cat([patches[:, :middle], class_token, patches[:, middle:]], dim=1)
        residual = tokens + self.pos_embed
        residual = residual if residual.dtype == torch.float64 else residual.float()
        hidden: list[Tensor] = []
        for index, layer in enumerate(self.layers):
            residual = residual + self._drop_path(layer(residual), index)
            if index in layers:
                hidden.append(self.norm_f(residual))
        pooled = self.norm_f(residual[:, middle])
        if self.config.pooling == "class-token-and-mean":
            pooled = pooled + self.norm_f(residual.mean(dim=1))
        return pooled, tuple(hidden)

    def _drop_path(self, mixed: Tensor, index: int) -> Tensor:
        probability = self.drop_path * index / max(1, len(self.layers) - 1)
        if not self.training or probability == 0.0:
            return mixed
        kept = torch.rand(len(mixed), 1, 1, device=mixed.device) >= probability
        return mixed * kept / (1.0 - probability)


def _initialise_time_steps(projection: nn.Linear, rank: int) -> None:
    """Time steps start log-uniformly in [0.001, 0.1], as in Mamba (Gu & Dao, arXiv 2312.00752, section 3.6)."""
    nn.init.uniform_(projection.weight, -(rank**-0.5), rank**-0.5)
    log_range = math.log(_DT_MAX) - math.log(_DT_MIN)
    dt = torch.exp(torch.rand(projection.out_features) * log_range + math.log(_DT_MIN)).clamp_min(_DT_FLOOR)
    with torch.no_grad():
        projection.bias.copy_(dt + torch.log(-torch.expm1(-dt)))
