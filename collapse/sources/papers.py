"""Papers on arXiv: model collapse, generative models and how they are measured."""

from collapse.sources.base import arxiv

ALEMOHAMMAD = arxiv("Alemohammad et al. (2024)", "Self-consuming generative models go MAD", "2307.01850", "ICLR 2024")
KAZDAN = arxiv(
    "Kazdan et al. (2025)",
    "Collapse or thrive? Perils and promises of synthetic data in a self-generating world",
    "2410.16713",
    "ICML 2025",
)
GERSTGRASSER = arxiv("Gerstgrasser et al. (2024)", "Is model collapse inevitable?", "2404.01413", "COLM 2024")
HE = arxiv("He, Xu and Cheng (2025)", "Golden ratio weighting prevents model collapse", "2502.18049")
SEDDIK = arxiv(
    "Seddik et al. (2024)",
    "How bad is training on synthetic data? A statistical analysis of language model collapse",
    "2404.05090",
    "COLM 2024",
)
SURESH = arxiv("Suresh, Thangaraj and Khandavally (2024)", "Rate of model collapse in recursive training", "2412.17646")
MARCHI = arxiv("Marchi et al. (2024)", "Heat death of generative models in closed-loop learning", "2404.02325")
DOHMATOB = arxiv(
    "Dohmatob et al. (2024)", "A tale of tails: model collapse as a change of scaling laws", "2402.07043", "ICML 2024"
)
BORJI = arxiv("Borji (2024)", "A note on Shumailov et al. (2024)", "2410.12954")
SCHAEFFER = arxiv("Schaeffer et al. (2025)", "Position: model collapse does not mean what you think", "2503.03150")
KEISHA = arxiv(
    "Keisha et al. (2025)",
    "Knowledge collapse in LLMs: when fluency survives but facts fail under recursive synthetic training",
    "2509.04796",
)
ALAA = arxiv(
    "Alaa et al. (2022)",
    "How faithful is your synthetic data? Sample-level metrics for evaluating and auditing generative models",
    "2102.08921",
    "ICML 2022",
)
HOLTZMAN = arxiv("Holtzman et al. (2020)", "The curious case of neural text degeneration", "1904.09751", "ICLR 2020")
LI = arxiv(
    "Li et al. (2016)",
    "A diversity-promoting objective function for neural conversation models",
    "1510.03055",
    "NAACL 2016",
)
WELLECK = arxiv("Welleck et al. (2020)", "Neural text generation with unlikelihood training", "1908.04319", "ICLR 2020")
ZHU = arxiv(
    "Zhu et al. (2018)", "Texygen: a benchmarking platform for text generation models", "1802.01886", "SIGIR 2018"
)
GUO = arxiv(
    "Guo et al. (2024)",
    "The curious decline of linguistic diversity: training language models on synthetic text",
    "2311.09807",
    "NAACL Findings 2024",
)
FAN = arxiv("Fan, Lewis and Dauphin (2018)", "Hierarchical neural story generation", "1805.04833", "ACL 2018")
LUCAS = arxiv(
    "Lucas et al. (2019)",
    "Don't blame the ELBO! A linear VAE perspective on posterior collapse",
    "1911.02469",
    "NeurIPS 2019",
)
KINGMA = arxiv("Kingma and Welling (2014)", "Auto-encoding variational Bayes", "1312.6114", "ICLR 2014")
ADAM = arxiv("Kingma and Ba (2015)", "Adam: a method for stochastic optimization", "1412.6980", "ICLR 2015")
RYBKIN = arxiv(
    "Rybkin, Daniilidis and Levine (2021)",
    "Simple and effective VAE training with calibrated decoders",
    "2006.13202",
    "ICML 2021",
)
BURDA = arxiv("Burda, Grosse and Salakhutdinov (2016)", "Importance weighted autoencoders", "1509.00519", "ICLR 2016")
NAEEM = arxiv(
    "Naeem et al. (2020)",
    "Reliable fidelity and diversity metrics for generative models",
    "2002.09797",
    "ICML 2020",
)
KYNKAANNIEMI = arxiv(
    "Kynkäänniemi et al. (2019)",
    "Improved precision and recall metric for assessing generative models",
    "1904.06991",
    "NeurIPS 2019",
)
MEEHAN = arxiv(
    "Meehan, Chaudhuri and Dasgupta (2020)",
    "A non-parametric test to detect data-copying in generative models",
    "2004.05675",
    "AISTATS 2020",
)
PADMAKUMAR = arxiv(
    "Padmakumar and He (2024)",
    "Does writing with language models reduce content diversity?",
    "2309.05196",
    "ICLR 2024",
)
HEUSEL = arxiv(
    "Heusel et al. (2017)",
    "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
    "1706.08500",
    "NeurIPS 2017",
)
KALAI = arxiv("Kalai and Vempala (2024)", "Calibrated language models must hallucinate", "2311.14648", "STOC 2024")
DEMYSTIFIED = arxiv(
    "Dohmatob, Feng and Kempe (2024)",
    "Model collapse demystified: the case of regression",
    "2402.07712",
    "NeurIPS 2024",
)
STRONG = arxiv(
    "Dohmatob et al. (2025)",
    "Strong model collapse",
    "2410.04840",
    "ICLR 2025",
)
TAORI = arxiv(
    "Taori and Hashimoto (2023)",
    "Data feedback loops: model-driven amplification of dataset biases",
    "2209.03942",
    "ICML 2023",
)
BESIROGLU = arxiv("Besiroglu et al. (2024)", "Chinchilla scaling: a replication attempt", "2404.10102")
HOFFMANN = arxiv(
    "Hoffmann et al. (2022)", "Training compute-optimal large language models", "2203.15556", "NeurIPS 2022"
)
KAPLAN = arxiv("Kaplan et al. (2020)", "Scaling laws for neural language models", "2001.08361")
MUENNIGHOFF = arxiv(
    "Muennighoff et al. (2023)", "Scaling data-constrained language models", "2305.16264", "NeurIPS 2023"
)
FENG = arxiv(
    "Feng et al. (2025)",
    "Beyond model collapse: scaling up with synthesized data requires verification",
    "2406.07515",
    "ICLR 2025",
)
YI = arxiv("Yi et al. (2025)", "Escaping model collapse via synthetic data verification", "2510.16657")
SADASIVAN = arxiv("Sadasivan et al. (2023)", "Can AI-generated text be reliably detected?", "2303.11156")
KIRCHENBAUER = arxiv("Kirchenbauer et al. (2023)", "A watermark for large language models", "2301.10226", "ICML 2023")
FERBACH = arxiv(
    "Ferbach et al. (2024)",
    "Self-consuming generative models with curated data provably optimize human preferences",
    "2407.09499",
    "NeurIPS 2024",
)
GAO = arxiv(
    "Gao, Schulman and Hilton (2023)", "Scaling laws for reward model overoptimization", "2210.10760", "ICML 2023"
)
