"""The bibliography as constants: what a law, a metric or a data set points to."""

from typing import NamedTuple


class Source(NamedTuple):
    """A reference: `short` for a chart, `full` for the end of a page, `link` to read it."""

    short: str
    full: str
    link: str


def _arxiv(short: str, title: str, number: str, venue: str = "") -> Source:
    return Source(short, f"{short}. {title}. {venue or 'arXiv ' + number}.", f"https://arxiv.org/abs/{number}")


SHUMAILOV = Source(
    "Shumailov et al. (2024)",
    "Shumailov, Shumaylov, Zhao, Papernot, Anderson and Gal (2024). AI models "
    "collapse when trained on recursively generated data. Nature 631, 755–759.",
    "https://doi.org/10.1038/s41586-024-07566-y",
)
ALEMOHAMMAD = _arxiv("Alemohammad et al. (2024)", "Self-consuming generative models go MAD", "2307.01850", "ICLR 2024")
KAZDAN = _arxiv(
    "Kazdan et al. (2025)",
    "Collapse or thrive? Perils and promises of synthetic data in a self-generating world",
    "2410.16713",
    "ICML 2025",
)
GERSTGRASSER = _arxiv("Gerstgrasser et al. (2024)", "Is model collapse inevitable?", "2404.01413", "COLM 2024")
SEDDIK = _arxiv(
    "Seddik et al. (2024)",
    "How bad is training on synthetic data? A statistical analysis of language model collapse",
    "2404.05090",
    "COLM 2024",
)
SURESH = _arxiv(
    "Suresh, Thangaraj and Khandavally (2024)", "Rate of model collapse in recursive training", "2412.17646"
)
MARCHI = _arxiv("Marchi et al. (2024)", "Heat death of generative models in closed-loop learning", "2404.02325")
DOHMATOB = _arxiv(
    "Dohmatob et al. (2024)", "A tale of tails: model collapse as a change of scaling laws", "2402.07043", "ICML 2024"
)
BORJI = _arxiv("Borji (2024)", "A note on Shumailov et al. (2024)", "2410.12954")
SCHAEFFER = _arxiv("Schaeffer et al. (2025)", "Position: model collapse does not mean what you think", "2503.03150")
WRIGHT = Source(
    "Wright (1931)",
    "Wright, S. (1931). Evolution in Mendelian populations. Genetics 16, 97–159.",
    "https://doi.org/10.1093/genetics/16.2.97",
)
WILKS = Source(
    "Wilks (1932)",
    "Wilks, S. S. (1932). Certain generalizations in the analysis of variance. Biometrika 24, 471–494.",
    "https://doi.org/10.1093/biomet/24.3-4.471",
)
GALTON = Source(
    "Watson and Galton (1875)",
    "Watson, H. W. and Galton, F. (1875). On the probability of the extinction of "
    "families. Journal of the Anthropological Institute 4, 138–144.",
    "https://doi.org/10.2307/2841222",
)
CHAN = Source(
    "Chan, Golub and LeVeque (1983)",
    "Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983). Algorithms for "
    "computing the sample variance. The American Statistician 37, 242–247.",
    "https://doi.org/10.1080/00031305.1983.10483115",
)
HILL = Source(
    "Hill (1973)",
    "Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences. Ecology 54, 427–432.",
    "https://doi.org/10.2307/1934352",
)
GOOD = Source(
    "Good (1953)",
    "Good, I. J. (1953). The population frequencies of species and the estimation of population parameters. Biometrika 40.",
    "https://doi.org/10.1093/biomet/40.3-4.237",
)
KEISHA = _arxiv(
    "Keisha et al. (2025)",
    "Knowledge collapse in LLMs: when fluency survives but facts fail under recursive synthetic training",
    "2509.04796",
)
ALAA = _arxiv(
    "Alaa et al. (2022)",
    "How faithful is your synthetic data? Sample-level metrics for evaluating and auditing generative models",
    "2102.08921",
    "ICML 2022",
)
SIMPSON = Source(
    "Simpson (1949)",
    "Simpson, E. H. (1949). Measurement of diversity. Nature 163, 688.",
    "https://doi.org/10.1038/163688a0",
)
VILLANI = Source(
    "Villani (2009)",
    "Villani, C. (2009). Optimal transport: old and new. Springer.",
    "https://doi.org/10.1007/978-3-540-71050-9",
)
COVER = Source(
    "Cover and Thomas (2006)",
    "Cover, T. M. and Thomas, J. A. (2006). Elements of information theory, second edition. Wiley.",
    "https://doi.org/10.1002/047174882X",
)
SILVERMAN = Source(
    "Silverman (1986)",
    "Silverman, B. W. (1986). Density estimation for statistics and data analysis. Chapman and Hall.",
    "https://doi.org/10.1201/9781315140919",
)
SIEGMUND = Source(
    "Siegmund (1985)",
    "Siegmund, D. (1985). Sequential analysis: tests and confidence intervals. Springer.",
    "https://doi.org/10.1007/978-1-4757-1862-8",
)
PEARSON = Source(
    "Pearson (1894)",
    "Pearson, K. (1894). Contributions to the mathematical theory of evolution. Philosophical "
    "Transactions of the Royal Society A 185, 71–110.",
    "https://doi.org/10.1098/rsta.1894.0003",
)
DEMPSTER = Source(
    "Dempster, Laird and Rubin (1977)",
    "Dempster, A. P., Laird, N. M. and Rubin, D. B. (1977). Maximum likelihood "
    "from incomplete data via the EM algorithm. Journal of the Royal Statistical Society B 39, 1–38.",
    "https://doi.org/10.1111/j.2517-6161.1977.tb01600.x",
)
BHATTACHARYYA = Source(
    "Bhattacharyya (1943)",
    "Bhattacharyya, A. (1943). On a measure of divergence between two statistical populations defined by their "
    "probability distributions. Bulletin of the Calcutta Mathematical Society 35, 99–109.",
    "https://zbmath.org/0063.00364",
)
HOLTZMAN = _arxiv("Holtzman et al. (2020)", "The curious case of neural text degeneration", "1904.09751", "ICLR 2020")
PENGUINS = Source(
    "Gorman, Williams and Fraser (2014)",
    "Gorman, K. B., Williams, T. D. and Fraser, W. R. (2014). Ecological "
    "sexual dimorphism and environmental variability within a community of Antarctic penguins. PLoS ONE 9(3), "
    "e90081. Data: Horst, Hill and Gorman (2020), palmerpenguins, CC0.",
    "https://doi.org/10.1371/journal.pone.0090081",
)
CENSUS = Source(
    "US Census Bureau (1995)",
    "US Census Bureau (1995). Frequently occurring names and surnames from the 1990 census. Public domain.",
    "https://www.census.gov/topics/population/genealogy/data/1990_census.html",
)
OWN = Source("brought by the visitor", "Data that the visitor has brought to this page: known to nobody else.", "")
CARROLL = Source(
    "Carroll (1865)",
    "Carroll, L. (1865). Alice's Adventures in Wonderland. Text of the Canterbury corpus. Public domain.",
    "https://corpus.canterbury.ac.nz/descriptions/",
)
WITTEN = Source(
    "Witten and Bell (1991)",
    "Witten, I. H. and Bell, T. C. (1991). The zero-frequency problem: estimating the "
    "probabilities of novel events in adaptive text compression. IEEE Transactions on Information Theory 37, "
    "1085–1094.",
    "https://doi.org/10.1109/18.87000",
)
SHANNON = Source(
    "Shannon (1948)",
    "Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27, 379–423.",
    "https://doi.org/10.1002/j.1538-7305.1948.tb01338.x",
)
LI = _arxiv(
    "Li et al. (2016)",
    "A diversity-promoting objective function for neural conversation models",
    "1510.03055",
    "NAACL 2016",
)
WELLECK = _arxiv(
    "Welleck et al. (2020)", "Neural text generation with unlikelihood training", "1908.04319", "ICLR 2020"
)
ZHU = _arxiv(
    "Zhu et al. (2018)", "Texygen: a benchmarking platform for text generation models", "1802.01886", "SIGIR 2018"
)
GUO = _arxiv(
    "Guo et al. (2024)",
    "The curious decline of linguistic diversity: training language models on synthetic text",
    "2311.09807",
    "NAACL Findings 2024",
)
FAN = _arxiv("Fan, Lewis and Dauphin (2018)", "Hierarchical neural story generation", "1805.04833", "ACL 2018")
ZIPF = Source(
    "Zipf (1949)",
    "Zipf, G. K. (1949). Human behavior and the principle of least effort. Addison-Wesley.",
    "https://archive.org/details/in.ernet.dli.2015.90211",
)
DIGITS = Source(
    "Alpaydin and Kaynak (1998)",
    "Alpaydin, E. and Kaynak, C. (1998). Optical recognition of handwritten digits. UCI Machine Learning Repository. The "
    "1,797 images of 8 × 8 pixels that come with scikit-learn. CC BY 4.0.",
    "https://doi.org/10.24432/C50P49",
)
TIPPING = Source(
    "Tipping and Bishop (1999)",
    "Tipping, M. E. and Bishop, C. M. (1999). Probabilistic principal component analysis. Journal of the Royal Statistical "
    "Society B 61, 611–622.",
    "https://doi.org/10.1111/1467-9868.00196",
)
LUCAS = _arxiv(
    "Lucas et al. (2019)",
    "Don't blame the ELBO! A linear VAE perspective on posterior collapse",
    "1911.02469",
    "NeurIPS 2019",
)
KINGMA = _arxiv("Kingma and Welling (2014)", "Auto-encoding variational Bayes", "1312.6114", "ICLR 2014")
ADAM = _arxiv("Kingma and Ba (2015)", "Adam: a method for stochastic optimization", "1412.6980", "ICLR 2015")
RYBKIN = _arxiv(
    "Rybkin, Daniilidis and Levine (2021)",
    "Simple and effective VAE training with calibrated decoders",
    "2006.13202",
    "ICML 2021",
)
BURDA = _arxiv("Burda, Grosse and Salakhutdinov (2016)", "Importance weighted autoencoders", "1509.00519", "ICLR 2016")
ROY = Source(
    "Roy and Vetterli (2007)",
    "Roy, O. and Vetterli, M. (2007). The effective rank: a measure of effective dimensionality. EUSIPCO 2007, 606–610.",
    "https://ieeexplore.ieee.org/document/7098875",
)
NAEEM = _arxiv(
    "Naeem et al. (2020)",
    "Reliable fidelity and diversity metrics for generative models",
    "2002.09797",
    "ICML 2020",
)
KYNKAANNIEMI = _arxiv(
    "Kynkäänniemi et al. (2019)",
    "Improved precision and recall metric for assessing generative models",
    "1904.06991",
    "NeurIPS 2019",
)
MEEHAN = _arxiv(
    "Meehan, Chaudhuri and Dasgupta (2020)",
    "A non-parametric test to detect data-copying in generative models",
    "2004.05675",
    "AISTATS 2020",
)
PADMAKUMAR = _arxiv(
    "Padmakumar and He (2024)",
    "Does writing with language models reduce content diversity?",
    "2309.05196",
    "ICLR 2024",
)
HEUSEL = _arxiv(
    "Heusel et al. (2017)",
    "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
    "1706.08500",
    "NeurIPS 2017",
)
BASU = Source(
    "Basu et al. (1998)",
    "Basu, A., Harris, I. R., Hjort, N. L. and Jones, M. C. (1998). Robust and efficient estimation by minimising a density power "
    "divergence. Biometrika 85, 549–559.",
    "https://doi.org/10.1093/biomet/85.3.549",
)
KALAI = _arxiv("Kalai and Vempala (2024)", "Calibrated language models must hallucinate", "2311.14648", "STOC 2024")
OURS = Source("derived here", "Derived here; the derivation is in the docstring and a second one in the tests.", "")
